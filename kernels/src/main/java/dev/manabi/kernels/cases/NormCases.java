package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.op.NormOp;
import java.util.Arrays;
import java.util.List;

/** Cases of normalisation and its gradient. */
final class NormCases {
  private NormCases() {}

  static void addTo(List<OpCase> cases) {
    int i = 0;
    // Batch norm: one weight for each channel.
    int[][] batches = {
      {2, 1, 1, 1},
      {2, 3, 4, 5},
      {3, 17, 7, 7},
      {1, 33, 5, 3},
      {64, 16, 6, 6},
      {2, 64, 1, 31},
      {4, 7, 33, 2},
    };
    for (int[] dims : batches) {
      for (int k = 0; k < 2; k++) {
        Arrangement arrangement = k == 0 ? Arrangement.CHANNELS_LAST : Sizes.arrangement(i++);
        add(cases, dims, new int[] {1, dims[1], 1, 1}, arrangement, 0, 2, 3);
      }
    }
    add(cases, new int[] {65, 33}, new int[] {1, 33}, Arrangement.CONTIGUOUS, 0);
    add(cases, new int[] {5, 3, 7}, new int[] {1, 3, 1}, Arrangement.TRANSPOSED, 0, 2);
    // Layer norm: a weight for each normalised feature.
    int[][] layers = {{1, 2}, {3, 7}, {16, 16}, {17, 33}, {7, 1000}, {300, 257}, {2, 3, 65}};
    for (int[] dims : layers) {
      int[] affine = new int[dims.length];
      Arrays.fill(affine, 1);
      affine[dims.length - 1] = dims[dims.length - 1];
      add(cases, dims, affine, Sizes.arrangement(i++), dims.length - 1);
    }
    add(cases, new int[] {4, 5, 6}, new int[] {1, 5, 6}, Arrangement.REVERSED, 1, 2);
    // Group norm: weights along an axis that is normalised and one that is not.
    int[][] groups = {{2, 2, 3, 4, 5}, {1, 4, 1, 3, 3}, {3, 1, 16, 2, 2}, {2, 8, 4, 7, 7}};
    for (int[] dims : groups) {
      int[] affine = {1, dims[1], dims[2], 1, 1};
      add(cases, dims, affine, Sizes.arrangement(i++), 2, 3, 4);
    }
    // Weights along all that is normalised, and along more.
    add(cases, new int[] {3, 5, 33}, new int[] {1, 5, 33}, Sizes.arrangement(i++), 2);
    add(cases, new int[] {4, 17, 1}, new int[] {1, 17, 1}, Sizes.arrangement(i++), 2);
    add(cases, new int[] {7, 65}, new int[] {7, 65}, Sizes.arrangement(i++), 1);
    // One weight for all.
    add(cases, new int[] {9, 31}, new int[] {1, 1}, Arrangement.STEPPED, 0, 1);
    edges(cases);
    runningStatistics(cases);
  }

  private static void runningStatistics(List<OpCase> cases) {
    Tolerance rounded =
        new Tolerance(0x1p-20, 0x1p-21, "f32 rounds after each of a few operations");
    int i = 0;
    for (int[] dims : Sizes.SHAPES) {
      NormOp op = new NormOp.RunningStatistics(0.1, 1e-5, 1 + i);
      Input own = Input.of(dims);
      Input given = own.with(Sizes.arrangement(i++));
      Input rstd = given.with(Values.uniform(0.5, 2));
      cases.add(OpCase.of(op, rounded, Gradient.twice(0, 1, 2, 3), own, own, given, rstd));
    }
    for (DType dtype : Sizes.OTHER_FLOATS) {
      Input own = Input.of(33).with(dtype);
      Input rstd = own.with(Values.uniform(0.5, 2));
      NormOp op = new NormOp.RunningStatistics(0.3, 0, 7);
      cases.add(OpCase.of(op, rounded, Gradient.NONE, own, own, own, rstd));
    }
  }

  private static void add(
      List<OpCase> cases, int[] dims, int[] affine, Arrangement arrangement, int... axes) {
    Input x = Input.of(dims).with(arrangement);
    add(cases, x, affine, tolerance(1), Gradient.twice(0, 1, 2), axes);
  }

  /** Rounding errors of the mean, seen through a scale of about 1 / deviation. */
  private static Tolerance tolerance(double magnitude) {
    return new Tolerance(
        0x1p-18, 0x1p-18 * magnitude, "mean and deviation are sums in f32, and scale the rest");
  }

  private static void add(
      List<OpCase> cases,
      Input x,
      int[] affine,
      Tolerance tolerance,
      Gradient gradient,
      int... axes) {
    Ints normalised = Ints.of(axes);
    Input weight = Input.of(affine).with(x.dtype());
    cases.add(OpCase.of(new NormOp.Norm(normalised, 1e-5), tolerance, gradient, x, weight, weight));
    Gradient withResidual = gradient.order() == 0 ? gradient : Gradient.twice(0, 1, 2, 3);
    for (boolean relu : new boolean[] {false, true}) {
      NormOp op = new NormOp.Norm(normalised, 1e-5, relu);
      cases.add(OpCase.of(op, tolerance, withResidual, x, weight, weight, x));
      if (relu) {
        cases.add(OpCase.of(op, tolerance, gradient, x, weight, weight));
      }
    }
    int[] kept = x.shape().toArray();
    long members = 1;
    for (int axis : axes) {
      members *= kept[axis];
      kept[axis] = 1;
    }
    Input mean = Input.of(kept).with(x.dtype());
    Input rstd = mean.with(Values.uniform(0.5, 1.5));
    Gradient ofGradient = gradient.order() == 0 ? gradient : Gradient.twice(0, 1, 2, 3, 4);
    long terms = Math.max(members, x.shape().numel() / Math.max(1, weight.shape().numel()));
    // Two factors of about 1.4 widen each term.
    Tolerance summed = Tolerance.sum(2 * terms + 64);
    cases.add(
        OpCase.of(new NormOp.NormGrad(normalised), summed, ofGradient, x, x, weight, mean, rstd));
    for (boolean residual : new boolean[] {false, true}) {
      NormOp op = new NormOp.NormGrad(normalised, true, residual);
      cases.add(OpCase.of(op, summed, ofGradient, x, x, weight, mean, rstd, x));
    }
  }

  /** Far from zero, constant, large groups, and the other dtypes. */
  private static void edges(List<OpCase> cases) {
    Input x = Input.of(8, 5, 6, 7);
    int[] affine = {1, 5, 1, 1};
    Values far = Values.uniform(99, 101);
    add(cases, x.with(far), affine, tolerance(200), Gradient.NONE, 0, 2, 3);
    Values constant = Values.pick("constant", 3);
    add(cases, x.with(constant), affine, tolerance(1), Gradient.NONE, 0, 2, 3);
    for (DType dtype : Sizes.OTHER_FLOATS) {
      Input lying = x.with(dtype).with(Arrangement.CHANNELS_LAST);
      add(cases, lying, affine, tolerance(1), Gradient.NONE, 0, 2, 3);
      int[] features = {1, 1, 1, 7};
      add(cases, x.with(dtype), features, tolerance(1), Gradient.NONE, 3);
    }
  }
}
