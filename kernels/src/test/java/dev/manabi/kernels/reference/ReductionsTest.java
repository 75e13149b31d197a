package dev.manabi.kernels.reference;

import static dev.manabi.kernels.reference.Reference.assertValues;
import static dev.manabi.kernels.reference.Reference.f32;
import static dev.manabi.kernels.reference.Reference.i64;
import static dev.manabi.kernels.reference.Reference.run;
import static dev.manabi.kernels.reference.Reference.shape;
import static dev.manabi.kernels.reference.Reference.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import org.junit.jupiter.api.Test;

class ReductionsTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final Tensor X = f32(shape(2, 3), 1, 5, 3, 4, 2, 6);

  private static Tensor reduce(ReduceFn fn, Tensor x, boolean keepDim, int... axes) {
    return run(new ReduceOp.Reduce(fn, Ints.of(axes), keepDim), x);
  }

  @Test
  void sumsOverAnyAxes() {
    assertValues(reduce(ReduceFn.SUM, X, false, 0), 5, 7, 9);
    assertValues(reduce(ReduceFn.SUM, X, false, 1), 9, 12);
    assertValues(reduce(ReduceFn.SUM, X, false, 0, 1), 21);
    assertValues(reduce(ReduceFn.SUM, X, false), 1, 5, 3, 4, 2, 6);
    assertEquals(shape(2, 1), reduce(ReduceFn.SUM, X, true, 1).shape());
  }

  @Test
  void otherFunctions() {
    assertValues(reduce(ReduceFn.MEAN, X, false, 1), 3, 4);
    assertValues(reduce(ReduceFn.PROD, X, false, 1), 15, 48);
    assertValues(reduce(ReduceFn.MAX, X, true, 0), 4, 5, 6);
    assertValues(reduce(ReduceFn.MIN, X, false, 0, 1), 1);
    Tensor bools = tensor(DType.BOOL, shape(2, 2), 1, 0, 1, 1);
    assertValues(reduce(ReduceFn.ANY, bools, false, 0), 1, 1);
    assertValues(reduce(ReduceFn.ALL, bools, false, 0), 1, 0);
    assertValues(reduce(ReduceFn.SUM, bools, false, 0, 1), 3);
  }

  @Test
  void sumsAccumulateInDoubles() {
    assertValues(reduce(ReduceFn.SUM, f32(shape(3), 1e8, 1, -1e8), false, 0), 1);
  }

  @Test
  void maximaOfIntegersAreExactAndOfNaNAreNaN() {
    Tensor x = i64(shape(2), 0, 0);
    Elements.of(x).setLong(0, Long.MAX_VALUE - 1);
    Elements.of(x).setLong(1, Long.MAX_VALUE);
    assertEquals(Long.MAX_VALUE, Elements.of(reduce(ReduceFn.MAX, x, false, 0)).getLong(0));
    assertValues(reduce(ReduceFn.MIN, f32(shape(3), 1, NAN, 0), false, 0), NAN);
  }

  @Test
  void emptySumsAreZeroAndEmptyMeansNaN() {
    Tensor empty = f32(shape(2, 0));
    assertValues(reduce(ReduceFn.SUM, empty, false, 1), 0, 0);
    assertValues(reduce(ReduceFn.PROD, empty, false, 1), 1, 1);
    assertValues(reduce(ReduceFn.MEAN, empty, false, 1), NAN, NAN);
  }

  @Test
  void runningSumsInBothDirections() {
    assertValues(run(new ReduceOp.CumSum(1, false), X), 1, 6, 9, 4, 6, 12);
    assertValues(run(new ReduceOp.CumSum(1, true), X), 9, 8, 3, 12, 8, 6);
    assertValues(run(new ReduceOp.CumSum(0, false), X), 1, 5, 3, 5, 7, 9);
  }

  @Test
  void softmaxIsStableForLargeNumbers() {
    double third = 1.0 / 3;
    assertValues(run(new ReduceOp.Softmax(0), f32(shape(3), 1e4, 1e4, 1e4)), third, third, third);
    Tensor y = run(new ReduceOp.LogSoftmax(1), f32(shape(1, 2), 0, Math.log(3)));
    assertValues(y, Math.log(0.25), Math.log(0.75));
    assertValues(run(new ReduceOp.Softmax(0), f32(shape(2), -INF, 0)), 0, 1);
  }

  @Test
  void argReduceTakesTheFirstOfEqualsAndNaNBeforeAll() {
    Tensor ties = f32(shape(2, 4), 2, 7, 7, 2, -1, NAN, 3, NAN);
    assertValues(run(new ReduceOp.ArgReduce(true, 1, false), ties), 1, 1);
    assertValues(run(new ReduceOp.ArgReduce(false, 1, true), ties), 0, 1);
    assertValues(run(new ReduceOp.ArgReduce(true, 0, false), f32(shape(2), -0.0, 0)), 0);
  }

  @Test
  void argSortIsStableWithNaNAsTheLargest() {
    Tensor x = f32(shape(5), 2, NAN, 1, 2, -INF);
    assertValues(run(new ReduceOp.ArgSort(0, false), x), 4, 2, 0, 3, 1);
    assertValues(run(new ReduceOp.ArgSort(0, true), x), 1, 0, 3, 2, 4);
  }

  @Test
  void topKComesBestFirst() {
    Tensor x = f32(shape(2, 4), 3, 1, 3, 2, 9, 8, 7, NAN);
    assertValues(run(new ReduceOp.ArgTopK(2, 1, true), x), 0, 2, 3, 0);
    assertValues(run(new ReduceOp.ArgTopK(3, 1, false), x), 1, 3, 0, 2, 1, 0);
  }
}
