package dev.manabi.kernels.cpu;

import java.util.function.DoubleBinaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What a reduction does: each element becomes a term, and terms are joined.
 *
 * @param term the term of an element, in f32
 * @param join joins two terms, as vectors
 * @param joinScalars the same for numbers
 * @param identity joined with a term, leaves it as it is
 * @param heavy whether a term takes so many instructions that a loop must hold it only once
 */
record Fold(
    Term term,
    VectorOperators.Associative join,
    DoubleBinaryOperator joinScalars,
    double identity,
    boolean heavy) {

  /**
   * The term of an element of {@code x}; {@code y} is a second operand and {@code m} a constant.
   */
  @FunctionalInterface
  interface Term {
    FloatVector of(FloatVector x, FloatVector y, FloatVector m);
  }

  static final FoldKernel SUM = sum((x, y, m) -> x, false);
  static final FoldKernel PROD =
      new FoldKernel(
          SumLoops.class, new Fold((x, y, m) -> x, VectorOperators.MUL, (a, b) -> a * b, 1, false));
  static final FoldKernel MAX = max((x, y, m) -> x);
  static final FoldKernel MIN = min((x, y, m) -> x);

  /** 1 if any element is not zero, else 0. */
  static final FoldKernel ANY = max((x, y, m) -> nonZero(x));

  /** 1 if no element is zero, else 0. */
  static final FoldKernel ALL = min((x, y, m) -> nonZero(x));

  /** Sum of {@code exp(x - m)}. */
  static final FoldKernel EXPONENTIALS = sum((x, y, m) -> FloatMath.exp(x.sub(m)), true);

  private static FoldKernel sum(Term term, boolean heavy) {
    return new FoldKernel(
        SumLoops.class, new Fold(term, VectorOperators.ADD, Double::sum, 0, heavy));
  }

  private static FoldKernel max(Term term) {
    return new FoldKernel(
        ExtremeLoops.class,
        new Fold(term, VectorOperators.MAX, Math::max, Double.NEGATIVE_INFINITY, false));
  }

  private static FoldKernel min(Term term) {
    return new FoldKernel(
        ExtremeLoops.class,
        new Fold(term, VectorOperators.MIN, Math::min, Double.POSITIVE_INFINITY, false));
  }

  private static FloatVector nonZero(FloatVector x) {
    return FloatVector.zero(Vectors.F32).blend(1, x.compare(VectorOperators.NE, 0));
  }
}
