package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.OptimOp;
import java.util.List;

/** Cases of optimizer updates. Parameters are dense; a gradient may lie in another order. */
final class OptimCases {
  private static final Tolerance TOLERANCE =
      new Tolerance(0x1p-20, 0x1p-21, "f32 rounds after each of the handful of operations");

  private static final OptimOp.Sgd[] PLAIN = {
    new OptimOp.Sgd(0.1, 0, 0, 0, false, true), new OptimOp.Sgd(0.01, 0, 0, 5e-4, false, false),
  };

  private static final OptimOp.Sgd[] MOMENTUM = {
    new OptimOp.Sgd(0.1, 0.9, 0, 0, false, true),
    new OptimOp.Sgd(0.1, 0.9, 0, 1e-2, false, false),
    new OptimOp.Sgd(0.1, 0.9, 0.1, 0, false, false),
    new OptimOp.Sgd(0.1, 0.8, 0, 1e-2, true, false),
  };

  private static final OptimOp.Adam[] ADAM = {
    new OptimOp.Adam(1e-3, 0.9, 0.999, 1e-8, 0, false, 1),
    new OptimOp.Adam(1e-3, 0.9, 0.999, 1e-8, 1e-2, false, 2),
    new OptimOp.Adam(1e-3, 0.9, 0.999, 1e-8, 1e-2, true, 1),
    new OptimOp.Adam(1e-1, 0.8, 0.99, 1e-6, 0, true, 100_000),
  };

  private OptimCases() {}

  static void addTo(List<OpCase> cases) {
    int[][] shapes = {
      {}, {0}, {1}, {7}, {17}, {33}, {1000}, {7, 33}, {32, 16, 3, 3}, {65, 129}, {70_003},
    };
    for (int[] dims : shapes) {
      for (Arrangement arrangement :
          new Arrangement[] {Arrangement.CONTIGUOUS, Arrangement.TRANSPOSED}) {
        Input param = Input.of(dims);
        Input grad = param.with(arrangement);
        updates(cases, param, grad);
      }
    }
    Input filters = Input.of(8, 6, 3, 3);
    updates(cases, filters.with(Arrangement.CHANNELS_LAST), filters);
    updates(cases, filters, filters.with(Arrangement.CHANNELS_LAST));
    updates(cases, filters, filters.with(Arrangement.EXPANDED));
    for (DType dtype : Sizes.OTHER_FLOATS) {
      Input param = Input.of(7, 33).with(dtype);
      updates(cases, param, param);
    }
  }

  private static void updates(List<OpCase> cases, Input param, Input grad) {
    for (OptimOp op : PLAIN) {
      cases.add(OpCase.of(op, TOLERANCE, Gradient.NONE, param, grad));
    }
    for (OptimOp op : MOMENTUM) {
      cases.add(OpCase.of(op, TOLERANCE, Gradient.NONE, param, grad, param));
    }
    for (OptimOp op : ADAM) {
      Input second = param.with(Values.uniform(0.01, 2));
      cases.add(OpCase.of(op, TOLERANCE, Gradient.NONE, param, grad, param, second));
    }
  }
}
