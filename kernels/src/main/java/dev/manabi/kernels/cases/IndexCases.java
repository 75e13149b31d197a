package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.op.IndexOp;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Cases of ops that move elements; transposes of views are in {@link ViewCases}. */
final class IndexCases {
  private IndexCases() {}

  static void addTo(List<OpCase> cases) {
    for (int[] dims : Sizes.LINES) {
      for (int axis = 0; axis < dims.length; axis++) {
        select(cases, dims, axis);
        alongAxis(cases, dims, axis);
        cat(cases, dims, axis);
      }
    }
    dtypes(cases);
    empty(cases);
    pad(cases);
    nonZero(cases);
  }

  private static void select(List<OpCase> cases, int[] dims, int axis) {
    int[][] indexShapes = {{}, {5}, {2, 3}};
    int n = dims[axis];
    for (int[] indexShape : indexShapes) {
      Arrangement arrangement = Sizes.arrangement(cases.size());
      Input x = Input.of(dims).with(arrangement);
      Input index = Input.indices(n, indexShape).with(Sizes.arrangement(cases.size() / 2));
      cases.add(
          OpCase.of(new IndexOp.IndexSelect(axis), Tolerance.EXACT, Gradient.twice(0), x, index));
      Input g = Input.of(spliced(dims, axis, indexShape)).with(arrangement);
      cases.add(
          OpCase.of(new IndexOp.IndexAdd(axis, n), Tolerance.sum(6), Gradient.twice(0), g, index));
    }
  }

  private static int[] spliced(int[] dims, int axis, int[] middle) {
    IntStream before = Arrays.stream(dims, 0, axis);
    IntStream after = Arrays.stream(dims, axis + 1, dims.length);
    return IntStream.concat(IntStream.concat(before, Arrays.stream(middle)), after).toArray();
  }

  /** Gather and both scatters, with an index of the same and of another shape. */
  private static void alongAxis(List<OpCase> cases, int[] dims, int axis) {
    int n = dims[axis];
    int[] smaller = dims.clone();
    smaller[(axis + 1) % dims.length] = (smaller[(axis + 1) % dims.length] + 1) / 2;
    int[] longer = dims.clone();
    longer[axis] = n + 3;
    for (int[] indexDims : new int[][] {dims, smaller, longer}) {
      Arrangement arrangement = Sizes.arrangement(cases.size());
      Input x = Input.of(dims).with(Sizes.arrangement(cases.size() / 2));
      Input index = Input.indices(n, indexDims).with(arrangement);
      Input source = Input.of(indexDims).with(Sizes.arrangement(cases.size() / 3));
      cases.add(OpCase.of(new IndexOp.Gather(axis), Tolerance.EXACT, Gradient.twice(0), x, index));
      cases.add(
          OpCase.of(
              new IndexOp.ScatterAdd(axis),
              Tolerance.sum(indexDims[axis]),
              Gradient.twice(0, 2),
              x,
              index,
              source));
      scatter(cases, axis, x, index, source);
    }
  }

  /** A gradient is defined only where no two elements go to one place. */
  private static void scatter(List<OpCase> cases, int axis, Input x, Input index, Input source) {
    IndexOp op = new IndexOp.Scatter(axis);
    cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, x, index, source));
    int run = index.shape().dim(axis);
    if (axis == x.shape().rank() - 1 && run <= x.shape().dim(axis)) {
      Input distinct =
          index.with(Values.distinct(x.shape().dim(axis), run)).with(Arrangement.CONTIGUOUS);
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.twice(0, 2), x, distinct, source));
    }
  }

  private static void cat(List<OpCase> cases, int[] dims, int axis) {
    Input x = Input.of(dims).with(Sizes.arrangement(cases.size()));
    int[] other = dims.clone();
    other[axis] = 3;
    Input y = Input.of(other).with(Sizes.arrangement(cases.size() / 2));
    int[] none = dims.clone();
    none[axis] = 0;
    IndexOp op = new IndexOp.Cat(axis);
    cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.twice(0, 1), x, y));
    cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.twice(0, 2, 3), x, Input.of(none), y, x));
  }

  private static void dtypes(List<OpCase> cases) {
    for (DType dtype : DType.values()) {
      Values values = dtype.isFloating() ? Values.SPECIAL : Values.integers(-1L << 62, 1L << 62);
      Input x = Input.of(7, 10).with(dtype).with(values).with(Arrangement.STEPPED);
      Input index = Input.indices(7, 4, 10);
      Tolerance exact = Tolerance.EXACT;
      cases.add(OpCase.of(new IndexOp.IndexSelect(1), exact, Gradient.NONE, x, index));
      cases.add(OpCase.of(new IndexOp.Gather(0), exact, Gradient.NONE, x, index));
      Input source = Input.of(4, 10).with(dtype).with(values);
      cases.add(OpCase.of(new IndexOp.Scatter(0), exact, Gradient.NONE, x, index, source));
      cases.add(OpCase.of(new IndexOp.Cat(0), exact, Gradient.NONE, x, source));
      cases.add(
          OpCase.of(new IndexOp.Pad(Ints.of(1, 0), Ints.of(0, 2), 1), exact, Gradient.NONE, x));
      if (dtype != DType.BOOL) {
        Input ties = Input.of(4, 10).with(dtype).with(Values.TIES);
        cases.add(
            OpCase.of(
                new IndexOp.ScatterAdd(0), exact, Gradient.NONE, x.with(Values.TIES), index, ties));
        cases.add(
            OpCase.of(new IndexOp.IndexAdd(0, 9), exact, Gradient.NONE, ties, Input.indices(9, 4)));
      }
    }
  }

  private static void empty(List<OpCase> cases) {
    Input x = Input.of(7, 10);
    Input none = Input.indices(7, 0);
    Tolerance exact = Tolerance.EXACT;
    cases.add(OpCase.of(new IndexOp.IndexSelect(0), exact, Gradient.NONE, x, none));
    Input g = Input.of(0, 10);
    cases.add(OpCase.of(new IndexOp.IndexAdd(0, 7), exact, Gradient.NONE, g, none));
    Input noRows = Input.indices(7, 0, 10);
    cases.add(OpCase.of(new IndexOp.Gather(0), exact, Gradient.NONE, x, noRows));
    cases.add(OpCase.of(new IndexOp.Scatter(0), exact, Gradient.NONE, x, noRows, g));
    cases.add(OpCase.of(new IndexOp.ScatterAdd(0), exact, Gradient.NONE, x, noRows, g));
    Input many = Input.indices(1000, 5000);
    Input rows = Input.of(5000, 16);
    cases.add(
        OpCase.of(new IndexOp.IndexAdd(0, 1000), Tolerance.sum(20), Gradient.NONE, rows, many));
    cases.add(
        OpCase.of(new IndexOp.IndexSelect(0), exact, Gradient.NONE, Input.of(1000, 16), many));
  }

  private static void pad(List<OpCase> cases) {
    int i = 0;
    for (int[] dims : Sizes.SHAPES) {
      int[] before = new int[dims.length];
      int[] after = new int[dims.length];
      for (int axis = 0; axis < dims.length; axis++) {
        before[axis] = (axis + i) % 3;
        after[axis] = (axis + 2 * i + 1) % 3;
      }
      IndexOp op = new IndexOp.Pad(Ints.of(before), Ints.of(after), i % 2 == 0 ? 0 : -1.5);
      Input x = Input.of(dims).with(Sizes.arrangement(i++));
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.twice(0), x));
    }
    IndexOp planes = new IndexOp.Pad(Ints.of(0, 0, 2, 1), Ints.of(0, 0, 2, 3), 0);
    for (Arrangement arrangement : Arrangement.values()) {
      Input x = Input.of(2, 3, 5, 4).with(arrangement);
      cases.add(OpCase.of(planes, Tolerance.EXACT, Gradient.twice(0), x));
    }
  }

  private static void nonZero(List<OpCase> cases) {
    int i = 0;
    for (int[] dims : Sizes.SHAPES) {
      int n = (int) Shape.of(dims).numel();
      IndexOp op = new IndexOp.NonZero(n - (n + 2) / 3);
      Arrangement arrangement = Sizes.arrangement(i++);
      // Stride 0 would repeat elements, and the count with them.
      arrangement = arrangement == Arrangement.EXPANDED ? Arrangement.STEPPED : arrangement;
      Input x = Input.of(dims).with(Values.EVERY_THIRD_ZERO).with(arrangement);
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, x));
    }
    for (DType dtype : DType.values()) {
      Input x = Input.of(4, 5, 6).with(dtype).with(Values.EVERY_THIRD_ZERO);
      cases.add(OpCase.of(new IndexOp.NonZero(80), Tolerance.EXACT, Gradient.NONE, x));
    }
    Input nan = Input.of(65).with(Values.pick("all NaN", Double.NaN));
    cases.add(OpCase.of(new IndexOp.NonZero(65), Tolerance.EXACT, Gradient.NONE, nan));
    Input zeros = Input.of(65).with(Values.ZEROS);
    cases.add(OpCase.of(new IndexOp.NonZero(0), Tolerance.EXACT, Gradient.NONE, zeros));
  }
}
