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
 */
record Fold(
    Term term,
    VectorOperators.Associative join,
    DoubleBinaryOperator joinScalars,
    double identity) {

  /**
   * The term of an element of {@code x}; {@code y} is a second operand and {@code m} a constant.
   */
  @FunctionalInterface
  interface Term {
    FloatVector of(FloatVector x, FloatVector y, FloatVector m);
  }

  static final FoldKernel SUM = sum((x, y, m) -> x);
  static final FoldKernel PROD =
      kernel(SumLoops.class, new Fold((x, y, m) -> x, VectorOperators.MUL, (a, b) -> a * b, 1));
  static final FoldKernel MAX = max((x, y, m) -> x);
  static final FoldKernel MIN = min((x, y, m) -> x);

  /** 1 if any element is not zero, else 0. */
  static final FoldKernel ANY = max((x, y, m) -> nonZero(x));

  /** 1 if no element is zero, else 0. */
  static final FoldKernel ALL = min((x, y, m) -> nonZero(x));

  /** Sum of {@code (x - m)^2}. */
  static final FoldKernel SQUARED_DEVIATIONS =
      sum(
          (x, y, m) -> {
            FloatVector d = x.sub(m);
            return d.mul(d);
          });

  /** Sum of {@code x * (y - m)}. */
  static final FoldKernel DOT_DEVIATIONS = sum((x, y, m) -> x.mul(y.sub(m)));

  /** Sum of {@code exp(x - m)}. */
  static final FoldKernel EXPONENTIALS = sum((x, y, m) -> FloatMath.exp(x.sub(m)));

  private static FoldKernel sum(Term term) {
    return kernel(SumLoops.class, new Fold(term, VectorOperators.ADD, Double::sum, 0));
  }

  private static FoldKernel max(Term term) {
    return kernel(
        ExtremeLoops.class,
        new Fold(term, VectorOperators.MAX, Math::max, Double.NEGATIVE_INFINITY));
  }

  private static FoldKernel min(Term term) {
    return kernel(
        ExtremeLoops.class,
        new Fold(term, VectorOperators.MIN, Math::min, Double.POSITIVE_INFINITY));
  }

  private static FoldKernel kernel(Class<? extends FoldKernel> loops, Fold fold) {
    return KernelTemplate.copy(FoldKernel.class, loops, fold);
  }

  private static FloatVector nonZero(FloatVector x) {
    return FloatVector.zero(Vectors.F32).blend(1, x.compare(VectorOperators.NE, 0));
  }
}
