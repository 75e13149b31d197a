package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.DIV;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;
import static jdk.incubator.vector.VectorOperators.MUL;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.NEG;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.SQRT;
import static jdk.incubator.vector.VectorOperators.SUB;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import org.jspecify.annotations.Nullable;

/** Template of {@link Lanes}: written once for all element types. */
final class LaneTable implements Lanes {
  @Override
  public <E> @Nullable Map<E> map(UnaryFn fn) {
    return switch (fn) {
      case NEG -> (a, _, _) -> a.lanewise(NEG);
      case ABS -> (a, _, _) -> a.lanewise(ABS);
      // Zeros of both signs and NaN are their own sign.
      case SIGN -> (a, _, _) -> a.blend(1, a.compare(GT, 0)).blend(-1, a.compare(LT, 0));
      case SQRT -> (a, _, _) -> a.lanewise(SQRT);
      case RSQRT -> (a, _, _) -> a.broadcast(1).lanewise(DIV, a.lanewise(SQRT));
      case RECIPROCAL -> (a, _, _) -> a.broadcast(1).lanewise(DIV, a);
      // Not the maximum with 0: that costs five instructions where a blend costs two.
      case RELU -> (a, _, _) -> a.blend(0, a.compare(LE, 0));
      case EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, SIGMOID, ERF -> null;
      case FLOOR, CEIL, ROUND, TRUNC -> null;
      case IS_NAN, IS_INF, IS_FINITE, NOT -> null;
    };
  }

  @Override
  public <E> @Nullable Test<E> test(UnaryFn fn) {
    return switch (fn) {
      case IS_NAN -> (a, _) -> a.compare(NE, a);
      // Infinities are what subtracting from itself gives no zero, yet equal themselves.
      case IS_INF -> (a, _) -> a.lanewise(SUB, a).compare(NE, 0).and(a.compare(EQ, a));
      case IS_FINITE -> (a, _) -> a.lanewise(SUB, a).compare(EQ, 0);
      case NOT -> (a, _) -> a.compare(EQ, 0);
      case NEG, ABS, SIGN, EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL -> null;
      case SIN, COS, TANH, SIGMOID, ERF, RELU, FLOOR, CEIL, ROUND, TRUNC -> null;
    };
  }

  @Override
  public <E> @Nullable Map<E> map(BinaryFn fn) {
    return switch (fn) {
      case ADD -> (a, b, _) -> a.lanewise(ADD, b);
      case SUB -> (a, b, _) -> a.lanewise(SUB, b);
      case MUL -> (a, b, _) -> a.lanewise(MUL, b);
      case DIV -> (a, b, _) -> a.lanewise(DIV, b);
      case MAX -> (a, b, _) -> a.lanewise(MAX, b);
      case MIN -> (a, b, _) -> a.lanewise(MIN, b);
      case RELU_MASK -> (a, b, _) -> a.broadcast(0).blend(a, b.compare(GT, 0));
      case AND -> (a, b, _) -> a.lanewise(AND, b);
      case OR -> (a, b, _) -> a.lanewise(OR, b);
      case XOR -> (a, b, _) -> a.lanewise(XOR, b);
      case POW, REMAINDER, FLOOR_DIV -> null;
      case EQ, NE, LT, LE, GT, GE -> null;
    };
  }

  @Override
  public <E> @Nullable Test<E> test(BinaryFn fn) {
    return switch (fn) {
      case EQ -> (a, b) -> a.compare(EQ, b);
      case NE -> (a, b) -> a.compare(NE, b);
      case LT -> (a, b) -> a.compare(LT, b);
      case LE -> (a, b) -> a.compare(LE, b);
      case GT -> (a, b) -> a.compare(GT, b);
      case GE -> (a, b) -> a.compare(GE, b);
      case ADD, SUB, MUL, DIV, POW, MAX, MIN, REMAINDER, FLOOR_DIV, RELU_MASK -> null;
      case AND, OR, XOR -> null;
    };
  }

  @Override
  public <E> Map<E> clamp() {
    return (x, low, high) -> x.lanewise(MAX, low).lanewise(MIN, high);
  }

  @Override
  public <E> Test<E> notZero() {
    return (x, _) -> x.compare(NE, 0);
  }
}
