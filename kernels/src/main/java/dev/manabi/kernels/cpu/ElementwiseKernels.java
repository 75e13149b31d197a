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
 * <tr><td>f32</td><td>vectors</td></tr>
 * <tr><td>f16, bf16</td><td>as f32, widened before and rounded after</td></tr>
 * <tr><td>f64</td><td>vectors; but scalar powers and transcendental functions</td></tr>
 * <tr><td>i32, i64</td><td>vectors; but scalar powers</td></tr>
 * <tr><td>i8, u8</td><td>vectors; but scalar division and powers</td></tr>
 * <tr><td>bool</td><td>vectors for logic and comparison, else scalar</td></tr>
 * </table>
 *
 * <p>The scalar loops apply the reference's own functions. They also take the few vectors with an
 * operand that is out of the ordinary for its function ({@link GuardedLoop}): division by 0 and
 * quotients or angles so large that more digits are needed.
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

  /** The kernel {@code (x, low, high) -> min(max(x, low), high)}. */
  static RowKernel clamp(DType type) {
    return cached(
        CLAMP,
        type.ordinal(),
        () -> mapLoop(type, 3, type == DType.U8 ? Unsigned.clamp() : Lanes.of(type).clamp()));
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
    return testLoop(type, 1, Lanes.of(type).notZero());
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
    DType out = fn.yieldsBool() ? DType.BOOL : type;
    Supplier<RowKernel> scalar =
        () ->
            scalarLoop(
                type, out, 1, (a, _) -> Scalars.apply(fn, a), (a, _) -> Scalars.apply(fn, a));
    if (!hasLanes(fn, type)) {
      return scalar.get();
    }
    LaneFunction function = function(fn, type);
    Lanes.Test<?> test = Lanes.of(type).test(fn);
    return function != null
        ? functionLoop(function, type, 1, scalar)
        : test != null ? testLoop(type, 1, test) : scalar.get();
  }

  private static RowKernel makeBinary(BinaryFn fn, DType type) {
    DType out = fn.yieldsBool() ? DType.BOOL : type;
    Supplier<RowKernel> scalar =
        () ->
            scalarLoop(
                type, out, 2, (a, b) -> Scalars.apply(fn, a, b), (a, b) -> Scalars.apply(fn, a, b));
    if (!hasLanes(fn, type)) {
      return scalar.get();
    }
    LaneFunction function = function(fn, type);
    Lanes.Test<?> test = type == DType.U8 ? Unsigned.test(fn) : Lanes.of(type).test(fn);
    return function != null
        ? functionLoop(function, type, 2, scalar)
        : test != null ? testLoop(type, 2, test) : scalar.get();
  }

  private static @Nullable LaneFunction function(UnaryFn fn, DType type) {
    if (type == DType.F32 && (fn == UnaryFn.SIN || fn == UnaryFn.COS)) {
      return fn == UnaryFn.SIN ? Trigonometry.SIN : Trigonometry.COS;
    }
    Lanes.Map<?> map =
        switch (type) {
          case F32 -> FloatMath.map(fn);
          case F64 -> DoubleMath.map(fn);
          case U8 -> Unsigned.map(fn);
          case F16, BF16, I64, I32, I8, BOOL -> Lanes.of(type).map(fn);
        };
    return everywhere(type, map);
  }

  private static @Nullable LaneFunction function(BinaryFn fn, DType type) {
    return switch (fn) {
      case POW -> Power.OF_F32;
      case REMAINDER -> Divisions.remainder(type);
      case FLOOR_DIV -> Divisions.quotient(type);
      case ADD, SUB, MUL, DIV, MAX, MIN, RELU_MASK, AND, OR, XOR, EQ, NE, LT, LE, GT, GE ->
          everywhere(type, type == DType.U8 ? Unsigned.map(fn) : Lanes.of(type).map(fn));
    };
  }

  private static @Nullable LaneFunction everywhere(DType type, Lanes.@Nullable Map<?> map) {
    return map == null ? null : new LaneFunction(Simd.species(type), map, null);
  }

  private static RowKernel functionLoop(
      LaneFunction function, DType type, int arity, Supplier<RowKernel> scalar) {
    var species = function.species();
    var ordinary = function.ordinary();
    if (ordinary == null) {
      var map = new MapLoop.Function(species, arity, function.map());
      return KernelTemplate.copy(RowKernel.class, MapLoop.class, map);
    }
    var guarded =
        new GuardedLoop.Function(
            species, arity, function.map(), ordinary, scalar.get(), bitsOfOne(type));
    return KernelTemplate.copy(RowKernel.class, GuardedLoop.class, guarded);
  }

  private static long bitsOfOne(DType type) {
    return switch (type) {
      case F32 -> Float.floatToRawIntBits(1);
      case F64 -> Double.doubleToRawLongBits(1);
      case I64, I32, I8, U8, BOOL -> 1;
      case F16, BF16 -> throw new IllegalArgumentException(type + " is computed in f32");
    };
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
      case I64, I32, I8, U8 ->
          switch (fn) {
            case NEG, ABS, SIGN, RELU, NOT -> true;
            case EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SIN, COS, TANH -> false;
            case SIGMOID, ERF, FLOOR, CEIL, ROUND, TRUNC, IS_NAN, IS_INF, IS_FINITE -> false;
          };
      case BOOL -> fn == UnaryFn.NOT;
      case F16, BF16 -> false;
    };
  }

  private static boolean hasLanes(BinaryFn fn, DType type) {
    return switch (fn) {
      case ADD, SUB, MUL, RELU_MASK, REMAINDER, FLOOR_DIV -> isNumeric(type);
      case DIV -> type == DType.F32 || type == DType.F64;
      case POW -> type == DType.F32;
      case AND, OR, XOR -> type.isInteger() || type == DType.BOOL;
      case MAX, MIN, EQ, NE, LT, LE, GT, GE -> isNumeric(type) || type == DType.BOOL;
    };
  }

  /** True if it is not bool, and not computed in another type. */
  private static boolean isNumeric(DType type) {
    return switch (type) {
      case F32, F64, I64, I32, I8, U8 -> true;
      case F16, BF16, BOOL -> false;
    };
  }
}
