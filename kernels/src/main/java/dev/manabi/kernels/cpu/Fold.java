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

  /** The term of an element. */
  @FunctionalInterface
  interface Term {
    FloatVector of(FloatVector x);
  }

  static final FoldKernel SUM =
      new FoldKernel(SumLoops.class, new Fold(x -> x, VectorOperators.ADD, Double::sum, 0));
  static final FoldKernel PROD =
      new FoldKernel(SumLoops.class, new Fold(x -> x, VectorOperators.MUL, (a, b) -> a * b, 1));
  static final FoldKernel MAX = max(x -> x);
  static final FoldKernel MIN = min(x -> x);

  /** 1 if any element is not zero, else 0. */
  static final FoldKernel ANY = max(Fold::nonZero);

  /** 1 if no element is zero, else 0. */
  static final FoldKernel ALL = min(Fold::nonZero);

  private static FoldKernel max(Term term) {
    return new FoldKernel(
        ExtremeLoops.class,
        new Fold(term, VectorOperators.MAX, Math::max, Double.NEGATIVE_INFINITY));
  }

  private static FoldKernel min(Term term) {
    return new FoldKernel(
        ExtremeLoops.class,
        new Fold(term, VectorOperators.MIN, Math::min, Double.POSITIVE_INFINITY));
  }

  private static FloatVector nonZero(FloatVector x) {
    return Simd.zero().blend(1f, x.compare(VectorOperators.NE, 0f));
  }
}
