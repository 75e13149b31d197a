package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.UGE;
import static jdk.incubator.vector.VectorOperators.UGT;
import static jdk.incubator.vector.VectorOperators.ULE;
import static jdk.incubator.vector.VectorOperators.ULT;
import static jdk.incubator.vector.VectorOperators.UMAX;
import static jdk.incubator.vector.VectorOperators.UMIN;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import jdk.incubator.vector.ByteVector;
import org.jspecify.annotations.Nullable;

/** What the elementwise functions do to vectors of u8, where that differs from {@link Lanes}. */
final class Unsigned {
  private static final byte ZERO = 0;
  private static final byte ONE = 1;
  private static final Lanes LANES = Lanes.of(DType.U8);

  private Unsigned() {}

  /** {@code null} for what has no vector form. */
  static Lanes.@Nullable Map<Byte> map(UnaryFn fn) {
    return switch (fn) {
      case ABS, RELU -> (x, _, _) -> x;
      case SIGN -> (x, _, _) -> ((ByteVector) x).blend(ONE, ((ByteVector) x).compare(NE, ZERO));
      case NEG, SQRT, RSQRT, RECIPROCAL, EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH -> LANES.map(fn);
      case SIGMOID, ERF, FLOOR, CEIL, ROUND, TRUNC, IS_NAN, IS_INF, IS_FINITE, NOT -> LANES.map(fn);
    };
  }

  /** {@code null} for what has no vector form. */
  static Lanes.@Nullable Map<Byte> map(BinaryFn fn) {
    return switch (fn) {
      case MAX -> (a, b, _) -> a.lanewise(UMAX, b);
      case MIN -> (a, b, _) -> a.lanewise(UMIN, b);
      case RELU_MASK ->
          (a, b, _) -> ((ByteVector) a).blend(ZERO, ((ByteVector) b).compare(EQ, ZERO));
      case ADD, SUB, MUL, DIV, POW, REMAINDER, FLOOR_DIV, AND, OR, XOR -> LANES.map(fn);
      case EQ, NE, LT, LE, GT, GE -> LANES.map(fn);
    };
  }

  /** The comparisons; {@code null} for the others. */
  static Lanes.@Nullable Test<Byte> test(BinaryFn fn) {
    return switch (fn) {
      case LT -> (a, b) -> a.compare(ULT, b);
      case LE -> (a, b) -> a.compare(ULE, b);
      case GT -> (a, b) -> a.compare(UGT, b);
      case GE -> (a, b) -> a.compare(UGE, b);
      case EQ, NE, ADD, SUB, MUL, DIV, POW, MAX, MIN, REMAINDER, FLOOR_DIV -> LANES.test(fn);
      case RELU_MASK, AND, OR, XOR -> LANES.test(fn);
    };
  }

  /** {@code (x, low, high) -> min(max(x, low), high)}. */
  static Lanes.Map<Byte> clamp() {
    return (x, low, high) -> x.lanewise(UMAX, low).lanewise(UMIN, high);
  }
}
