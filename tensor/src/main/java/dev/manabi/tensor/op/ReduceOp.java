package dev.manabi.tensor.op;

import dev.manabi.tensor.Ints;

/** Ops that combine or compare the elements along some axes. */
public sealed interface ReduceOp extends Op {

  /** How {@link Reduce} combines elements. MAX and MIN yield NaN if any element is NaN. */
  enum ReduceFn {
    SUM,
    MEAN,
    PROD,
    MAX,
    MIN,
    /** Logical or of {@code != 0}; yields bool. */
    ANY,
    /** Logical and of {@code != 0}; yields bool. */
    ALL
  }

  /**
   * {@code x -> y}: combines over {@code axes} (sorted, distinct). SUM and PROD of integers and
   * bool yield i64. MEAN takes floating types only. An empty axis list combines nothing.
   */
  record Reduce(ReduceFn fn, Ints axes, boolean keepDim) implements ReduceOp {
    @Override
    public String name() {
      return fn.name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * {@code x -> index i64}: position of the largest (or smallest) element along {@code axis}. The
   * first of equals wins; NaN counts as the largest and as the smallest.
   */
  record ArgReduce(boolean max, int axis, boolean keepDim) implements ReduceOp {
    @Override
    public String name() {
      return max ? "argmax" : "argmin";
    }
  }

  /** {@code x -> y}: running sum along {@code axis}, from the end if {@code reverse}. */
  record CumSum(int axis, boolean reverse) implements ReduceOp {
    @Override
    public String name() {
      return "cumsum";
    }
  }

  /** {@code x -> exp(x - max) / sum(exp(x - max))} along {@code axis}. */
  record Softmax(int axis) implements ReduceOp {
    @Override
    public String name() {
      return "softmax";
    }
  }

  /** {@code x -> x - max - log(sum(exp(x - max)))} along {@code axis}. */
  record LogSoftmax(int axis) implements ReduceOp {
    @Override
    public String name() {
      return "log_softmax";
    }
  }

  /** {@code x -> index i64}: a stable order of the elements along {@code axis}; NaN is largest. */
  record ArgSort(int axis, boolean descending) implements ReduceOp {
    @Override
    public String name() {
      return "argsort";
    }
  }

  /**
   * {@code x -> index i64}: positions of the {@code k} largest (or smallest) elements along {@code
   * axis}, best first; the first of equals comes first; NaN is largest.
   */
  record ArgTopK(int k, int axis, boolean largest) implements ReduceOp {
    @Override
    public String name() {
      return "topk";
    }
  }
}
