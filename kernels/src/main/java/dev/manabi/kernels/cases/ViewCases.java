package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.ViewOp;
import java.util.List;

/** Cases of views and of their transposes. */
final class ViewCases {
  private ViewCases() {}

  static void addTo(List<OpCase> cases) {
    reshape(cases);
    permute(cases);
    expand(cases);
    slice(cases);
    diagonal(cases);
  }

  /** The view of an input that lies as {@code arrangement}, and the transpose of that view. */
  private static void add(
      List<OpCase> cases, ViewOp view, Arrangement arrangement, Shape from, Shape to) {
    Input x = Input.of(from.toArray()).with(arrangement);
    cases.add(OpCase.of(view, Tolerance.EXACT, Gradient.twice(0), x));
    Input g = Input.of(to.toArray()).with(arrangement);
    long repeats = to.numel() / Math.max(1, from.numel());
    Tolerance tolerance = repeats > 1 ? Tolerance.sum(repeats) : Tolerance.EXACT;
    IndexOp scatter = new IndexOp.ViewScatter(view, from);
    cases.add(OpCase.of(scatter, tolerance, Gradient.twice(0), g));
    if (from.numel() == 6 || from.numel() == 70) {
      cases.add(
          OpCase.of(view, Tolerance.EXACT, Gradient.NONE, x.with(DType.I64).with(Values.TIES)));
      for (DType dtype : new DType[] {DType.F64, DType.BF16, DType.I32}) {
        Input other = g.with(dtype).with(Values.TIES);
        cases.add(OpCase.of(scatter, Tolerance.EXACT, Gradient.NONE, other));
      }
    }
  }

  private static void reshape(List<OpCase> cases) {
    int[][][] pairs = {
      {{}, {1}},
      {{1}, {}},
      {{1}, {1, 1, 1}},
      {{0}, {3, 0}},
      {{6}, {2, 3}},
      {{2, 3}, {6}},
      {{2, 3}, {3, 2}},
      {{4, 5, 6}, {20, 6}},
      {{4, 5, 6}, {4, 30}},
      {{4, 5, 6}, {2, 2, 1, 5, 6}},
      {{120}, {2, 3, 4, 5}},
      {{2, 3, 4, 5}, {120}},
      {{7, 33}, {11, 21}},
      {{65}, {5, 13}},
      {{1000}, {10, 10, 10}},
      {{2, 16, 4, 4}, {2, 256}},
      {{70_000}, {7, 10_000}},
      {{17, 1, 3}, {17, 3}},
      {{63}, {9, 7}},
      {{31, 1}, {1, 31}},
    };
    for (int[][] pair : pairs) {
      Shape from = Shape.of(pair[0]);
      Shape to = Shape.of(pair[1]);
      add(cases, new ViewOp.Reshape(to), Arrangement.CONTIGUOUS, from, to);
    }
    // Evenly spaced elements need no copy either.
    Shape split = Shape.of(5, 13);
    for (Arrangement arrangement : new Arrangement[] {Arrangement.STEPPED, Arrangement.REVERSED}) {
      add(cases, new ViewOp.Reshape(split), arrangement, Shape.of(65), split);
    }
  }

  private static void permute(List<OpCase> cases) {
    int[][] orders = {
      {}, {0}, {0, 1}, {1, 0}, {2, 1, 0}, {1, 2, 0}, {0, 2, 3, 1}, {3, 0, 1, 2}, {4, 2, 0, 3, 1},
    };
    int[] sizes = {7, 5, 2, 3, 4};
    int i = 0;
    for (int[] order : orders) {
      int[] from = new int[order.length];
      int[] to = new int[order.length];
      for (int axis = 0; axis < order.length; axis++) {
        from[axis] = sizes[axis];
      }
      for (int axis = 0; axis < order.length; axis++) {
        to[axis] = from[order[axis]];
      }
      ViewOp view = new ViewOp.Permute(Ints.of(order));
      for (int k = 0; k < 3; k++) {
        add(cases, view, Sizes.arrangement(i++), Shape.of(from), Shape.of(to));
      }
    }
  }

  private static void expand(List<OpCase> cases) {
    int[][][] pairs = {
      {{}, {3}},
      {{}, {2, 3}},
      {{1}, {65}},
      {{1}, {1}},
      {{3}, {2, 3}},
      {{2, 1}, {2, 3}},
      {{1, 3}, {2, 3}},
      {{1, 1}, {7, 33}},
      {{33}, {7, 33}},
      {{7, 1}, {7, 33}},
      {{4, 1, 6}, {4, 5, 6}},
      {{1, 8, 1, 1}, {2, 8, 3, 5}},
      {{2, 1, 3, 5}, {2, 8, 3, 5}},
      {{1}, {70_000}},
      {{1, 257}, {300, 257}},
      {{300, 1}, {300, 257}},
      {{1}, {0}},
      {{1, 3}, {0, 3}},
      {{2, 3}, {2, 3}},
      {{5}, {1, 1, 5}},
      {{17, 1}, {3, 17, 2}},
    };
    int i = 0;
    for (int[][] pair : pairs) {
      Shape to = Shape.of(pair[1]);
      add(cases, new ViewOp.Expand(to), Sizes.arrangement(i++), Shape.of(pair[0]), to);
    }
  }

  private static void slice(List<OpCase> cases) {
    slice(cases, new int[] {10}, new int[] {2}, new int[] {5}, new int[] {1});
    slice(cases, new int[] {10}, new int[] {9}, new int[] {5}, new int[] {-2});
    slice(cases, new int[] {10}, new int[] {4}, new int[] {0}, new int[] {1});
    slice(cases, new int[] {10}, new int[] {0}, new int[] {4}, new int[] {3});
    slice(cases, new int[] {7, 10}, new int[] {1, 9}, new int[] {3, 4}, new int[] {2, -1});
    slice(cases, new int[] {7, 10}, new int[] {6, 0}, new int[] {7, 10}, new int[] {-1, 1});
    slice(
        cases, new int[] {4, 5, 6}, new int[] {0, 2, 5}, new int[] {4, 1, 3}, new int[] {1, 1, -2});
  }

  private static void slice(
      List<OpCase> cases, int[] from, int[] starts, int[] sizes, int[] steps) {
    ViewOp view = new ViewOp.Slice(Ints.of(starts), Ints.of(sizes), Ints.of(steps));
    for (Arrangement arrangement : Arrangement.values()) {
      add(cases, view, arrangement, Shape.of(from), Shape.of(sizes));
    }
  }

  private static void diagonal(List<OpCase> cases) {
    int[][] shapes = {{1, 1}, {3, 3}, {7, 10}, {33, 17}, {0, 3}};
    int i = 0;
    for (int[] dims : shapes) {
      Shape to = Shape.of(Math.min(dims[0], dims[1]));
      for (int k = 0; k < 3; k++) {
        ViewOp view = new ViewOp.Diagonal(k % 2, 1 - k % 2);
        add(cases, view, Sizes.arrangement(i++), Shape.of(dims), to);
      }
    }
    for (Arrangement arrangement : Arrangement.values()) {
      Shape from = Shape.of(4, 5, 6);
      add(cases, new ViewOp.Diagonal(0, 2), arrangement, from, Shape.of(5, 4));
    }
  }
}
