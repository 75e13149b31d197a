package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.LossOp;
import java.util.List;

/** Cases of fused cross-entropy. */
final class LossCases {
  private static final int IGNORE = -100;
  private static final Tolerance TOLERANCE =
      new Tolerance(
          0x1p-19, 0x1p-19, "exponentials are a few steps off, and their sum is rounded in f32");

  private LossCases() {}

  static void addTo(List<OpCase> cases) {
    int[][] sizes = {
      {1, 1},
      {1, 2},
      {2, 3},
      {3, 10},
      {7, 17},
      {16, 16},
      {31, 33},
      {64, 10},
      {65, 7},
      {5, 1000},
      {257, 100},
      {0, 5},
    };
    int i = 0;
    for (int[] size : sizes) {
      for (double smoothing : new double[] {0, 0.1}) {
        Input logits = Input.of(size).with(Sizes.arrangement(i++));
        Input target = target(size[0], size[1]).with(Sizes.arrangement(i / 2));
        add(cases, smoothing, logits, target, Gradient.twice(0));
      }
    }
    edges(cases);
  }

  /** Class indices, some of them to be ignored. */
  private static Input target(int n, int classes) {
    Values values =
        Values.each(
            "classes below " + classes + " or ignored",
            r -> r.nextInt(5) == 0 ? IGNORE : r.nextInt(classes));
    return Input.of(n).with(DType.I64).with(values);
  }

  private static void add(
      List<OpCase> cases, double smoothing, Input logits, Input target, Gradient gradient) {
    LossOp forward = new LossOp.CrossEntropy(smoothing, IGNORE);
    cases.add(OpCase.of(forward, TOLERANCE, gradient, logits, target));
    LossOp backward = new LossOp.CrossEntropyGrad(smoothing, IGNORE);
    int n = logits.shape().dim(0);
    Input gradLoss = Input.of(n).with(logits.dtype());
    Input logSumExp = gradLoss.with(Values.uniform(2, 4));
    Gradient ofGradient = gradient.order() == 0 ? gradient : Gradient.twice(0, 1, 3);
    cases.add(OpCase.of(backward, TOLERANCE, ofGradient, gradLoss, logits, target, logSumExp));
  }

  private static void edges(List<OpCase> cases) {
    Input target = target(65, 10);
    Values ruledOut = Values.pick("with minus infinity", 0, 1, -2, Double.NEGATIVE_INFINITY);
    Values[] all = {Values.uniform(-80, 80), Values.TIES, ruledOut, Values.ZEROS};
    for (Values values : all) {
      Input logits = Input.of(65, 10).with(values);
      cases.add(
          OpCase.of(new LossOp.CrossEntropy(0, IGNORE), TOLERANCE, Gradient.NONE, logits, target));
      cases.add(
          OpCase.of(
              new LossOp.CrossEntropy(0.2, IGNORE), TOLERANCE, Gradient.NONE, logits, target));
    }
    for (DType dtype : Sizes.OTHER_FLOATS) {
      Input logits = Input.of(17, 33).with(dtype);
      add(cases, 0.1, logits, target(17, 33), Gradient.NONE);
    }
    LossOp another = new LossOp.CrossEntropy(0, 3);
    Input classes = Input.indices(7, 65);
    cases.add(OpCase.of(another, TOLERANCE, Gradient.twice(0), Input.of(65, 7), classes));
  }
}
