package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import java.util.ArrayList;
import java.util.List;

/** Cases of reductions, running sums, softmax and orders. */
final class ReduceCases {
  private static final Tolerance EXPONENTIALS =
      new Tolerance(
          0x1p-19, 0x1p-20, "exponentials are a few steps off, and their sum is rounded in f32");

  private ReduceCases() {}

  static void addTo(List<OpCase> cases) {
    for (ReduceFn fn : ReduceFn.values()) {
      reduce(cases, fn);
    }
    for (boolean flag : new boolean[] {true, false}) {
      lines(
          cases,
          (axis, n) -> new ReduceOp.ArgReduce(flag, axis, axis % 2 == 0),
          Tolerance.EXACT,
          Gradient.NONE);
      lines(cases, (axis, n) -> new ReduceOp.ArgSort(axis, flag), Tolerance.EXACT, Gradient.NONE);
      lines(
          cases,
          (axis, n) -> new ReduceOp.ArgTopK((n + 1) / 2, axis, flag),
          Tolerance.EXACT,
          Gradient.NONE);
      lines(
          cases,
          (axis, n) -> new ReduceOp.CumSum(axis, flag),
          Tolerance.sum(2049),
          Gradient.twice(0));
      orders(cases, flag);
    }
    lines(cases, (axis, n) -> new ReduceOp.Softmax(axis), EXPONENTIALS, Gradient.twice(0));
    lines(cases, (axis, n) -> new ReduceOp.LogSoftmax(axis), EXPONENTIALS, Gradient.twice(0));
    for (ReduceOp op : new ReduceOp[] {new ReduceOp.Softmax(1), new ReduceOp.LogSoftmax(1)}) {
      softmax(cases, op);
    }
    for (DType dtype : Sizes.INTEGERS) {
      Input x = Input.of(7, 33).with(dtype).with(Values.integers(-100, 100));
      cases.add(OpCase.of(new ReduceOp.CumSum(0, false), Tolerance.EXACT, Gradient.NONE, x));
    }
  }

  private static void reduce(List<OpCase> cases, ReduceFn fn) {
    int i = 0;
    for (int[] dims : Sizes.SHAPES) {
      Shape shape = Shape.of(dims);
      boolean selects = fn == ReduceFn.MAX || fn == ReduceFn.MIN;
      if (selects && shape.numel() == 0) {
        continue;
      }
      for (int[] axes : axes(shape.rank())) {
        ReduceOp op = new ReduceOp.Reduce(fn, Ints.of(axes), i % 2 == 0);
        Input x = Input.of(dims).with(domain(fn)).with(Sizes.arrangement(i++));
        // The mean of nothing is NaN, and so is its slope.
        Gradient gradient = shape.numel() == 0 ? Gradient.NONE : gradient(fn);
        cases.add(OpCase.of(op, tolerance(fn, shape, axes), gradient, x));
      }
    }
    Ints rows = Ints.of(1);
    Values special = exact(fn) ? Values.SPECIAL : Values.SPECIAL_TERMS;
    for (Values values : new Values[] {Values.ZEROS, Values.TIES, Values.TINY, special}) {
      Input x = Input.of(301, 5).with(values);
      Tolerance tolerance = tolerance(fn, Shape.of(301, 5), new int[] {1});
      cases.add(OpCase.of(new ReduceOp.Reduce(fn, rows, false), tolerance, Gradient.NONE, x));
    }
    for (DType dtype : DType.values()) {
      if (dtype == DType.F32 || (fn == ReduceFn.MEAN && !dtype.isFloating())) {
        continue;
      }
      Input x = Input.of(9, 33).with(dtype).with(dtype.isFloating() ? domain(fn) : Values.TIES);
      Tolerance tolerance = tolerance(fn, Shape.of(9, 33), new int[] {1});
      for (int axis = 0; axis < 2; axis++) {
        ReduceOp op = new ReduceOp.Reduce(fn, Ints.of(axis), false);
        Input lying = x.with(Sizes.arrangement(axis * 3));
        cases.add(OpCase.of(op, tolerance, Gradient.NONE, lying));
      }
    }
  }

  /** Whether {@code fn} rounds nothing, so that its order does not matter. */
  private static boolean exact(ReduceFn fn) {
    return switch (fn) {
      case SUM, MEAN, PROD -> false;
      case MAX, MIN, ANY, ALL -> true;
    };
  }

  /** All axes, none, the first, the last, and the outer ones. */
  private static List<int[]> axes(int rank) {
    List<int[]> result = new ArrayList<>();
    result.add(Ints.range(0, rank).toArray());
    if (rank > 1) {
      result.add(new int[] {});
      result.add(new int[] {0});
      result.add(new int[] {rank - 1});
    }
    if (rank > 2) {
      result.add(new int[] {0, rank - 1});
      result.add(new int[] {1});
    }
    return result;
  }

  private static Values domain(ReduceFn fn) {
    return switch (fn) {
      case PROD -> Values.uniform(0.9, 1.1);
      case ANY, ALL -> Values.EVERY_THIRD_ZERO;
      case MAX, MIN -> Values.DISTINCT;
      case SUM, MEAN -> Values.NORMAL;
    };
  }

  private static Gradient gradient(ReduceFn fn) {
    return switch (fn) {
      case SUM, MEAN, PROD, MAX, MIN -> Gradient.twice(0);
      case ANY, ALL -> Gradient.NONE;
    };
  }

  private static Tolerance tolerance(ReduceFn fn, Shape shape, int[] axes) {
    long terms = 1;
    for (int axis : axes) {
      terms *= shape.dim(axis);
    }
    return switch (fn) {
      case SUM -> Tolerance.sum(terms);
      case MEAN -> Tolerance.sum(8);
      case PROD ->
          new Tolerance((terms + 8) * 0x1p-23, Float.MIN_NORMAL, "f32 rounds after each factor");
      case MAX, MIN, ANY, ALL -> Tolerance.EXACT;
    };
  }

  /** Makes an op for an axis of {@code n} elements. */
  private interface AlongAxis {
    ReduceOp of(int axis, int n);
  }

  private static void lines(
      List<OpCase> cases, AlongAxis along, Tolerance tolerance, Gradient gradient) {
    int i = 0;
    for (int[] dims : Sizes.LINES) {
      for (int axis = 0; axis < dims.length; axis++) {
        Input x = Input.of(dims).with(Sizes.arrangement(i++));
        cases.add(OpCase.of(along.of(axis, dims[axis]), tolerance, gradient, x));
      }
    }
    for (DType dtype : Sizes.OTHER_FLOATS) {
      Input x = Input.of(7, 33).with(dtype);
      cases.add(OpCase.of(along.of(0, 7), tolerance, Gradient.NONE, x));
      cases.add(OpCase.of(along.of(1, 33), tolerance, Gradient.NONE, x));
    }
    cases.add(OpCase.of(along.of(0, 3), tolerance, Gradient.NONE, Input.of(3, 0)));
  }

  /** What only an order must be asked: ties, NaN, and integers beyond the range of a double. */
  private static void orders(List<OpCase> cases, boolean flag) {
    ReduceOp[] ops = {
      new ReduceOp.ArgReduce(flag, 1, false),
      new ReduceOp.ArgSort(1, flag),
      new ReduceOp.ArgTopK(5, 1, flag),
    };
    for (ReduceOp op : ops) {
      Input x = Input.of(31, 17);
      for (Values values : new Values[] {Values.TIES, Values.ZEROS, Values.SPECIAL}) {
        cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, x.with(values)));
        Input half = x.with(values).with(DType.F16).with(Arrangement.TRANSPOSED);
        cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, half));
      }
      for (DType dtype : Sizes.INTEGERS) {
        Values values = Values.integers(-1L << 62, 1L << 62);
        Input integers = x.with(dtype).with(values).with(Arrangement.REVERSED);
        cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, integers));
      }
      Input bools = x.with(DType.BOOL).with(Values.integers(0, 2));
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, bools));
    }
  }

  /** Large logits, ruled-out classes, and rows in which nothing sensible stands. */
  private static void softmax(List<OpCase> cases, ReduceOp op) {
    Input x = Input.of(65, 10);
    Values ruledOut = Values.pick("with minus infinity", 0, 1, -2, Double.NEGATIVE_INFINITY);
    Values[] all = {Values.uniform(-300, 300), Values.TIES, Values.SPECIAL, Values.ZEROS, ruledOut};
    for (Values values : all) {
      cases.add(OpCase.of(op, EXPONENTIALS, Gradient.NONE, x.with(values)));
      cases.add(
          OpCase.of(op, EXPONENTIALS, Gradient.NONE, x.with(values).with(Arrangement.TRANSPOSED)));
    }
  }
}
