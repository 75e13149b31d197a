package dev.manabi.tensor;

import dev.manabi.tensor.op.ReduceOp.ArgReduce;
import dev.manabi.tensor.op.ReduceOp.ArgSort;
import dev.manabi.tensor.op.ReduceOp.ArgTopK;
import dev.manabi.tensor.op.ReduceOp.CumSum;
import dev.manabi.tensor.op.ReduceOp.LogSoftmax;
import dev.manabi.tensor.op.ReduceOp.Reduce;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import dev.manabi.tensor.op.ReduceOp.Softmax;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;

/**
 * Reductions, orderings and normalisations along dimensions. A list of axes that is empty means all
 * of them; {@code keepDim} leaves reduced dimensions in place with size 1.
 */
public sealed interface TensorReduce permits Tensor {
  /** This object, as the tensor it is. */
  Tensor self();

  private Tensor reduce(ReduceFn fn, Tensor x, boolean keepDim, int... axes) {
    Shape s = x.shape();
    Ints sorted =
        axes.length == 0
            ? Ints.range(0, s.rank())
            : Ints.of(Arrays.stream(axes).map(s::axis).sorted().distinct().toArray());
    return Interpreter.run(new Reduce(fn, sorted, keepDim), x);
  }

  private Tensor floating() {
    Tensor x = self();
    return x.dtype().isFloating() ? x : x.to(DType.F32);
  }

  /** Sum; integers and bool give i64. */
  default Tensor sum(int... axes) {
    return reduce(ReduceFn.SUM, self(), false, axes);
  }

  default Tensor sum(boolean keepDim, int... axes) {
    return reduce(ReduceFn.SUM, self(), keepDim, axes);
  }

  /** Mean; integers give f32. */
  default Tensor mean(int... axes) {
    return reduce(ReduceFn.MEAN, floating(), false, axes);
  }

  default Tensor mean(boolean keepDim, int... axes) {
    return reduce(ReduceFn.MEAN, floating(), keepDim, axes);
  }

  /** Product; integers and bool give i64. */
  default Tensor prod(int... axes) {
    return reduce(ReduceFn.PROD, self(), false, axes);
  }

  /** Largest element; the gradient is shared evenly among equals. */
  default Tensor amax(boolean keepDim, int... axes) {
    return reduce(ReduceFn.MAX, self(), keepDim, axes);
  }

  /** Smallest element; the gradient is shared evenly among equals. */
  default Tensor amin(boolean keepDim, int... axes) {
    return reduce(ReduceFn.MIN, self(), keepDim, axes);
  }

  /** The largest element of all. */
  default Tensor max() {
    return amax(false);
  }

  /** The smallest element of all. */
  default Tensor min() {
    return amin(false);
  }

  /** The largest along {@code axis} (which disappears) and its position. */
  default ValuesIndices max(int axis) {
    return pick(axis, argmax(axis, true));
  }

  /** The smallest along {@code axis} (which disappears) and its position. */
  default ValuesIndices min(int axis) {
    return pick(axis, argmin(axis, true));
  }

  private ValuesIndices pick(int axis, Tensor index) {
    return new ValuesIndices(self().gather(axis, index).squeeze(axis), index.squeeze(axis));
  }

  /** True if any element is not zero. */
  default Tensor any(int... axes) {
    return reduce(ReduceFn.ANY, self(), false, axes);
  }

  /** True if no element is zero. */
  default Tensor all(int... axes) {
    return reduce(ReduceFn.ALL, self(), false, axes);
  }

  /** Position of the largest element in row-major order. */
  default Tensor argmax() {
    return self().flatten().argmax(0);
  }

  /** Position of the largest element along {@code axis}, which disappears. */
  default Tensor argmax(int axis) {
    return argmax(axis, false);
  }

  default Tensor argmax(int axis, boolean keepDim) {
    return Interpreter.run(new ArgReduce(true, self().shape().axis(axis), keepDim), self());
  }

  /** Position of the smallest element along {@code axis}, which disappears. */
  default Tensor argmin(int axis) {
    return argmin(axis, false);
  }

  default Tensor argmin(int axis, boolean keepDim) {
    return Interpreter.run(new ArgReduce(false, self().shape().axis(axis), keepDim), self());
  }

  /** Unbiased variance: the sum of squared deviations over {@code n - 1}. */
  default Tensor var(int... axes) {
    return var(1, false, axes);
  }

  /** The sum of squared deviations over {@code n - correction}. */
  default Tensor var(int correction, boolean keepDim, int... axes) {
    Tensor x = floating();
    Tensor centred = x.sub(x.mean(true, axes));
    Tensor sum = centred.square().sum(keepDim, axes);
    double count = (double) x.numel() / Math.max(1, sum.numel());
    return sum.div(Math.max(0, count - correction));
  }

  /** Unbiased standard deviation. */
  default Tensor std(int... axes) {
    return var(axes).sqrt();
  }

  /** Euclidean length. */
  default Tensor norm(int... axes) {
    return floating().square().sum(axes).sqrt();
  }

  /** {@code log(sum(exp(x)))} along {@code axis}, without overflow. */
  default Tensor logSumExp(int axis, boolean keepDim) {
    Tensor max = self().detach().amax(true, axis);
    // An infinite maximum would turn the difference into NaN.
    Tensor shift = max.maskedFill(max.isFinite().not(), 0);
    Tensor y = self().sub(shift).exp().sum(true, axis).log().add(shift);
    return keepDim ? y : y.squeeze(axis);
  }

  /** Running sum along {@code axis}. */
  default Tensor cumsum(int axis) {
    return Interpreter.run(new CumSum(self().shape().axis(axis), false), self());
  }

  /** {@code exp(x)} along {@code axis}, divided by its sum. */
  default Tensor softmax(int axis) {
    return Interpreter.run(new Softmax(self().shape().axis(axis)), floating());
  }

  /** The logarithm of {@link #softmax}. */
  default Tensor logSoftmax(int axis) {
    return Interpreter.run(new LogSoftmax(self().shape().axis(axis)), floating());
  }

  /** Positions that would sort {@code axis}; stable. */
  default Tensor argsort(int axis, boolean descending) {
    return Interpreter.run(new ArgSort(self().shape().axis(axis), descending), self());
  }

  /** The elements in order along {@code axis}, and where they were; stable. */
  default ValuesIndices sort(int axis, boolean descending) {
    Tensor index = argsort(axis, descending);
    return new ValuesIndices(self().gather(axis, index), index);
  }

  /** The {@code k} largest along {@code axis}, largest first. */
  default ValuesIndices topk(int k, int axis) {
    return topk(k, axis, true);
  }

  /** The {@code k} largest or smallest along {@code axis}, best first. */
  default ValuesIndices topk(int k, int axis, boolean largest) {
    Tensor index = Interpreter.run(new ArgTopK(k, self().shape().axis(axis), largest), self());
    return new ValuesIndices(self().gather(axis, index), index);
  }
}
