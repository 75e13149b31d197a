package dev.manabi.kernels.cpu;

import dev.manabi.kernels.reference.Scalars;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernel of every elementwise function and dtype, made when first asked for.
 *
 * <table>
 * <caption>Which loop a function gets</caption>
 * <tr><td>f32</td><td>vectors; but scalar pow, sin, cos, remainder, floor_div</td></tr>
 * <tr><td>f16, bf16</td><td>as f32, widened before and rounded after</td></tr>
 * <tr><td>f64</td><td>vectors for arithmetic and comparison, else scalar</td></tr>
 * <tr><td>i32, i64</td><td>vectors; but scalar division and powers</td></tr>
 * <tr><td>bool</td><td>vectors for logic and comparison, else scalar</td></tr>
 * <tr><td>i8, u8</td><td>scalar</td></tr>
 * </table>
 *
 * <p>The scalar loops apply the reference's own functions.
 */
final class ElementwiseKernels {
  private static final int TYPES = DType.values().length;
  private static final AtomicReferenceArray<RowKernel> UNARY =
      new AtomicReferenceArray<>(UnaryFn.values().length * TYPES);
  private static final AtomicReferenceArray<RowKernel> BINARY =
      new AtomicReferenceArray<>(BinaryFn.values().length * TYPES);
  private static final AtomicReferenceArray<RowKernel> SELECT = new AtomicReferenceArray<>(TYPES);
  private static final AtomicReferenceArray<RowKernel> CLAMP = new AtomicReferenceArray<>(TYPES);

  private static final AtomicReferenceArray<RowKernel> SCALE_SHIFT = new AtomicReferenceArray<>(4);

  private ElementwiseKernels() {}

  /** The kernel {@code x -> fn(x)}. */
  static RowKernel unary(UnaryFn fn, DType type) {
    return cached(UNARY, fn.ordinal() * TYPES + type.ordinal(), () -> makeUnary(fn, type));
  }

  /** The kernel {@code (a, b) -> fn(a, b)}. */
  static RowKernel binary(BinaryFn fn, DType type) {
    return cached(BINARY, fn.ordinal() * TYPES + type.ordinal(), () -> makeBinary(fn, type));
  }

  /** The kernel {@code (condition, a, b) -> condition ? a : b}. */
  static RowKernel select(DType type) {
    return cached(
        SELECT,
        type.ordinal(),
        () -> KernelTemplate.copy(RowKernel.class, SelectLoop.class, Simd.species(type)));
  }

  /** The kernel {@code (x, low, high) -> min(max(x, low), high)} of a floating type. */
  static RowKernel clamp(DType type) {
    return cached(CLAMP, type.ordinal(), () -> mapLoop(type, 3, Lanes.clamp()));
  }

  /** The kernel {@code (x, scale, shift, residual) -> x * scale + shift + residual} of f32. */
  static RowKernel scaleShift(boolean relu, boolean adds) {
    return cached(
        SCALE_SHIFT,
        (relu ? 2 : 0) + (adds ? 1 : 0),
        () ->
            KernelTemplate.copy(
                RowKernel.class, ScaleShiftLoop.class, new ScaleShiftLoop.Form(relu, adds)));
  }

  /** The kernel {@code x -> x != 0}. */
  static RowKernel notZero(DType type) {
    return testLoop(type, 1, Lanes.notZero());
  }

  private static RowKernel cached(
      AtomicReferenceArray<RowKernel> kernels, int slot, Supplier<RowKernel> make) {
    RowKernel kernel = kernels.get(slot);
    if (kernel == null) {
      kernel = make.get();
      kernels.set(slot, kernel);
    }
    return kernel;
  }

  private static RowKernel makeUnary(UnaryFn fn, DType type) {
    if (hasLanes(fn, type)) {
      Lanes.Map<?> map = type == DType.F32 ? FloatMath.map(fn) : Lanes.map(fn);
      Lanes.Test<?> test = Lanes.test(fn);
      if (map != null || test != null) {
        return vectorLoop(type, 1, map, test);
      }
    }
    DType out = fn.yieldsBool() ? DType.BOOL : type;
    return scalarLoop(type, out, 1, (a, _) -> Scalars.apply(fn, a), (a, _) -> Scalars.apply(fn, a));
  }

  private static RowKernel makeBinary(BinaryFn fn, DType type) {
    if (hasLanes(fn, type)) {
      Lanes.Map<?> map = Lanes.map(fn);
      Lanes.Test<?> test = Lanes.test(fn);
      if (map != null || test != null) {
        return vectorLoop(type, 2, map, test);
      }
    }
    DType out = fn.yieldsBool() ? DType.BOOL : type;
    return scalarLoop(
        type, out, 2, (a, b) -> Scalars.apply(fn, a, b), (a, b) -> Scalars.apply(fn, a, b));
  }

  private static RowKernel vectorLoop(
      DType type, int arity, Lanes.@Nullable Map<?> map, Lanes.@Nullable Test<?> test) {
    return map != null ? mapLoop(type, arity, map) : testLoop(type, arity, test);
  }

  private static RowKernel mapLoop(DType type, int arity, Lanes.Map<?> map) {
    var function = new MapLoop.Function(Simd.species(type), arity, map);
    return KernelTemplate.copy(RowKernel.class, MapLoop.class, function);
  }

  private static RowKernel testLoop(DType type, int arity, Lanes.Test<?> test) {
    var question = new TestLoop.Question(Simd.species(type), arity, test);
    return KernelTemplate.copy(RowKernel.class, TestLoop.class, question);
  }

  private static RowKernel scalarLoop(
      DType in, DType out, int arity, ScalarLoop.OfDouble ofDouble, ScalarLoop.OfLong ofLong) {
    var function =
        new ScalarLoop.Function(
            Cell.of(in), Cell.of(out), in.isFloating(), arity, ofDouble, ofLong);
    return KernelTemplate.copy(RowKernel.class, ScalarLoop.class, function);
  }

  /** True if the vector form of {@code fn}, where there is one, means the same for this type. */
  private static boolean hasLanes(UnaryFn fn, DType type) {
    return switch (type) {
      case F32, F64 -> true;
      case I32, I64 ->
          switch (fn) {
            case NEG, ABS, SIGN, RELU, NOT -> true;
            case EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SIN, COS, TANH -> false;
            case SIGMOID, ERF, FLOOR, CEIL, ROUND, TRUNC, IS_NAN, IS_INF, IS_FINITE -> false;
          };
      case BOOL -> fn == UnaryFn.NOT;
      case F16, BF16, I8, U8 -> false;
    };
  }

  private static boolean hasLanes(BinaryFn fn, DType type) {
    return switch (fn) {
      case ADD, SUB, MUL, RELU_MASK -> wide(type);
      case DIV -> type == DType.F32 || type == DType.F64;
      case POW, REMAINDER, FLOOR_DIV -> false;
      case AND, OR, XOR -> (wide(type) && !type.isFloating()) || type == DType.BOOL;
      case MAX, MIN, EQ, NE, LT, LE, GT, GE -> wide(type) || type == DType.BOOL;
    };
  }

  private static boolean wide(DType type) {
    return switch (type) {
      case F32, F64, I32, I64 -> true;
      case F16, BF16, I8, U8, BOOL -> false;
    };
  }
}
