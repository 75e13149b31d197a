package dev.manabi.kernels.reference;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;

/**
 * Ops that combine the elements along some axes; those that only order them are {@link Sorting}.
 */
final class Reductions {
  private Reductions() {}

  static void run(ReduceOp op, Elements x, Elements y) {
    switch (op) {
      case ReduceOp.Reduce reduce -> reduce(reduce, x, y);
      case ReduceOp.CumSum cumSum -> cumSum(cumSum, x, y);
      case ReduceOp.Softmax(int axis) -> softmax(axis, x, y);
      case ReduceOp.LogSoftmax(int axis) -> logSoftmax(axis, x, y);
      case ReduceOp.ArgReduce arg -> Sorting.argReduce(arg, x, y);
      case ReduceOp.ArgSort sort -> Sorting.argSort(sort, x, y);
      case ReduceOp.ArgTopK topK -> Sorting.argTopK(topK, x, y);
    }
  }

  private static void reduce(ReduceOp.Reduce op, Elements x, Elements y) {
    Ints kept = op.axes().others(x.rank());
    Layout result = op.keepDim() ? y.layout().permute(kept) : y.layout();
    Walk outer = Walk.over(result.shape(), x.layout().permute(kept), result);
    Walk inner = Walk.over(x.layout().permute(op.axes()));
    for (; outer.more(); outer.next()) {
      inner.restart(outer.at(0));
      if (x.isFloating()) {
        y.set(outer.at(1), combineDoubles(op.fn(), x, inner));
      } else {
        y.setLong(outer.at(1), combineLongs(op.fn(), x, inner));
      }
    }
  }

  private static double combineDoubles(ReduceFn fn, Elements x, Walk inner) {
    double result = neutralDouble(fn);
    long count = 0;
    for (; inner.more(); inner.next()) {
      double value = x.get(inner.at(0));
      count++;
      result =
          switch (fn) {
            case SUM, MEAN -> result + value;
            case PROD -> result * value;
            case MAX -> Math.max(result, value);
            case MIN -> Math.min(result, value);
            case ANY -> value != 0 ? 1 : result;
            case ALL -> value == 0 ? 0 : result;
          };
    }
    return fn == ReduceFn.MEAN ? result / count : result;
  }

  private static long combineLongs(ReduceFn fn, Elements x, Walk inner) {
    long result = neutralLong(fn);
    for (; inner.more(); inner.next()) {
      long value = x.getLong(inner.at(0));
      result =
          switch (fn) {
            case SUM, MEAN -> result + value;
            case PROD -> result * value;
            case MAX -> Math.max(result, value);
            case MIN -> Math.min(result, value);
            case ANY -> value != 0 ? 1 : result;
            case ALL -> value == 0 ? 0 : result;
          };
    }
    return result;
  }

  /** The number that changes nothing when it is combined with another. */
  private static double neutralDouble(ReduceFn fn) {
    return switch (fn) {
      case SUM, MEAN, ANY -> 0;
      case PROD, ALL -> 1;
      case MAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
    };
  }

  private static long neutralLong(ReduceFn fn) {
    return switch (fn) {
      case SUM, ANY -> 0;
      case PROD, ALL -> 1;
      case MAX -> Long.MIN_VALUE;
      case MIN -> Long.MAX_VALUE;
      case MEAN ->
          throw new IllegalArgumentException(
              "mean: defined for floating dtypes only\n  fix: cast the integers with to(DType.F32)");
    };
  }

  private static void cumSum(ReduceOp.CumSum op, Elements x, Elements y) {
    for (Lines line = new Lines(op.axis(), x, y); line.more(); line.next()) {
      double sum = 0;
      long wrappingSum = 0;
      for (int k = 0; k < line.length(); k++) {
        int i = op.reverse() ? line.length() - 1 - k : k;
        if (x.isFloating()) {
          sum += x.get(line.at(0, i));
          y.set(line.at(1, i), sum);
        } else {
          wrappingSum += x.getLong(line.at(0, i));
          y.setLong(line.at(1, i), wrappingSum);
        }
      }
    }
  }

  private static void softmax(int axis, Elements x, Elements y) {
    for (Lines line = new Lines(axis, x, y); line.more(); line.next()) {
      double max = max(x, line);
      double sum = sumOfExp(x, line, max);
      for (int i = 0; i < line.length(); i++) {
        y.set(line.at(1, i), Math.exp(x.get(line.at(0, i)) - max) / sum);
      }
    }
  }

  private static void logSoftmax(int axis, Elements x, Elements y) {
    for (Lines line = new Lines(axis, x, y); line.more(); line.next()) {
      double max = max(x, line);
      double logSum = Math.log(sumOfExp(x, line, max));
      for (int i = 0; i < line.length(); i++) {
        y.set(line.at(1, i), x.get(line.at(0, i)) - max - logSum);
      }
    }
  }

  private static double max(Elements x, Lines line) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < line.length(); i++) {
      max = Math.max(max, x.get(line.at(0, i)));
    }
    return max;
  }

  private static double sumOfExp(Elements x, Lines line, double max) {
    double sum = 0;
    for (int i = 0; i < line.length(); i++) {
      sum += Math.exp(x.get(line.at(0, i)) - max);
    }
    return sum;
  }
}
