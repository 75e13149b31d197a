package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.LinalgOp;
import java.util.List;

/** Cases of matrix products. */
final class LinalgCases {
  private static final LinalgOp MATMUL = new LinalgOp.MatMul();
  private static final LinalgOp LINEAR = new LinalgOp.Linear();

  /** M, K, N: empty, vectors, around the sizes of register tiles, and worth several threads. */
  private static final int[][] SIZES = {
    {0, 3, 2},
    {2, 0, 3},
    {2, 3, 0},
    {1, 1, 1},
    {1, 7, 1},
    {1, 65, 33},
    {33, 65, 1},
    {3, 1, 5},
    {2, 3, 4},
    {7, 7, 7},
    {16, 16, 16},
    {17, 31, 33},
    {15, 63, 17},
    {6, 300, 16},
    {64, 10, 128},
    {65, 129, 31},
    {100, 17, 257},
    {128, 256, 96},
    {5, 1000, 3},
    {257, 64, 130},
  };

  private LinalgCases() {}

  static void addTo(List<OpCase> cases) {
    int i = 0;
    for (int[] size : SIZES) {
      int m = size[0];
      int k = size[1];
      int n = size[2];
      matMul(cases, Input.of(m, k), Input.of(k, n), i);
      linear(cases, Input.of(m, k), n, i++);
    }
    epilogues(cases);
    batches(cases);
    arrangements(cases);
    dtypes(cases);
  }

  /** Contiguous, and with arrangements that change from call to call. */
  private static void matMul(List<OpCase> cases, Input a, Input b, int i) {
    Tolerance tolerance = Tolerance.sum(a.shape().dim(-1));
    Gradient gradient = Gradient.twice(0, 1);
    cases.add(OpCase.of(MATMUL, tolerance, gradient, a, b));
    Input lyingA = a.with(Sizes.arrangement(i));
    Input lyingB = b.with(Sizes.arrangement(i / 2 + 1));
    cases.add(OpCase.of(MATMUL, tolerance, gradient, lyingA, lyingB));
  }

  private static void linear(List<OpCase> cases, Input x, int n, int i) {
    int k = x.shape().dim(-1);
    Tolerance tolerance = Tolerance.sum(k);
    Input weight = Input.of(n, k).with(Sizes.arrangement(i / 3));
    Input lying = x.with(Sizes.arrangement(i / 2));
    Input bias = Input.of(n).with(Sizes.arrangement(i));
    cases.add(OpCase.of(LINEAR, tolerance, Gradient.twice(0, 1), x, weight));
    cases.add(OpCase.of(LINEAR, tolerance, Gradient.twice(0, 1, 2), lying, weight, bias));
  }

  /** ReLU, a residual, and both; the sums are short, none, many for a few rows, and cut. */
  private static void epilogues(List<OpCase> cases) {
    int[][] sizes = {
      {2, 3, 4}, {3, 2, 3}, {2, 0, 3}, {5, 70, 9}, {17, 31, 33}, {33, 20, 40}, {10, 4200, 3},
    };
    for (int i = 0; i < sizes.length; i++) {
      int m = sizes[i][0];
      int k = sizes[i][1];
      int n = sizes[i][2];
      Input weight = Input.of(n, k);
      Input bias = Input.of(n);
      Input alike = Input.of(m, n);
      Input lying = alike.with(Sizes.arrangement(i));
      cases.add(epilogue(true, Input.of(m, k), weight));
      cases.add(epilogue(true, Input.of(m, k), weight, bias, alike));
      cases.add(epilogue(i % 2 == 0, Input.of(m, k), weight, bias, lying));
    }
    Input x = Input.of(2, 3, 5);
    Input residual = Input.of(2, 3, 4);
    Input transposed = x.with(Arrangement.TRANSPOSED);
    cases.add(epilogue(true, x, Input.of(4, 5), Input.of(4), residual));
    cases.add(epilogue(true, transposed, Input.of(4, 5), Input.of(4), residual));
    cases.add(epilogue(true, Input.of(5), Input.of(4, 5), Input.of(4), Input.of(4)));
  }

  private static OpCase epilogue(boolean relu, Input... inputs) {
    Tolerance tolerance = Tolerance.sum(inputs[1].shape().dim(1));
    Gradient gradient = inputs.length < 4 ? Gradient.twice(0, 1) : Gradient.twice(0, 1, 2, 3);
    return OpCase.of(new LinalgOp.Linear(relu), tolerance, gradient, inputs);
  }

  private static void batches(List<OpCase> cases) {
    int[][][] pairs = {
      {{3, 4, 5}, {3, 5, 2}},
      {{3, 4, 5}, {5, 2}},
      {{4, 5}, {3, 5, 2}},
      {{3, 1, 4, 5}, {2, 5, 6}},
      {{1, 4, 5}, {7, 5, 6}},
      {{0, 4, 5}, {5, 6}},
      {{2, 3, 17, 8}, {2, 3, 8, 33}},
      {{64, 5, 7}, {64, 7, 5}},
    };
    int i = 0;
    for (int[][] pair : pairs) {
      matMul(cases, Input.of(pair[0]), Input.of(pair[1]), i++);
    }
    linear(cases, Input.of(5), 3, 0);
    linear(cases, Input.of(2, 3, 5), 33, 1);
    linear(cases, Input.of(2, 3, 1, 17), 9, 2);
  }

  private static void arrangements(List<OpCase> cases) {
    Tolerance tolerance = Tolerance.sum(23);
    for (Arrangement left : Arrangement.values()) {
      for (Arrangement right : Arrangement.values()) {
        Input a = Input.of(19, 23).with(left);
        Input b = Input.of(23, 37).with(right);
        cases.add(OpCase.of(MATMUL, tolerance, Gradient.twice(0, 1), a, b));
      }
      Input x = Input.of(19, 23).with(left);
      Input weight = Input.of(37, 23).with(left);
      cases.add(OpCase.of(LINEAR, tolerance, Gradient.twice(0, 1), x, weight));
    }
    // An infinity times zero is NaN: padding inside a kernel must not bring it in.
    Input special = Input.of(9, 17).with(Values.SPECIAL);
    Input ones = Input.of(17, 9).with(Values.pick("ones", 1));
    cases.add(OpCase.of(MATMUL, tolerance, Gradient.NONE, ones, special));
  }

  private static void dtypes(List<OpCase> cases) {
    for (DType dtype : Sizes.OTHER_FLOATS) {
      Input a = Input.of(33, 65).with(dtype);
      Tolerance tolerance = Tolerance.sum(65);
      cases.add(OpCase.of(MATMUL, tolerance, Gradient.NONE, a, Input.of(65, 17).with(dtype)));
      cases.add(
          OpCase.of(
              LINEAR,
              tolerance,
              Gradient.NONE,
              a,
              Input.of(17, 65).with(dtype),
              Input.of(17).with(dtype)));
      cases.add(
          OpCase.of(
              new LinalgOp.Linear(true),
              tolerance,
              Gradient.NONE,
              a,
              Input.of(17, 65).with(dtype),
              Input.of(17).with(dtype),
              Input.of(33, 17).with(dtype)));
    }
    for (DType dtype : Sizes.INTEGERS) {
      Values values = Values.integers(-1L << 40, 1L << 40);
      Input a = Input.of(7, 33).with(dtype).with(values);
      Input b = Input.of(33, 9).with(dtype).with(values).with(Arrangement.TRANSPOSED);
      cases.add(OpCase.of(MATMUL, Tolerance.EXACT, Gradient.NONE, a, b));
    }
  }
}
