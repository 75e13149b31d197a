package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.OptimOp;
import java.util.List;
import java.util.stream.Stream;

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
        updates(cases, List.of(param), List.of(grad));
      }
    }
    Input filters = Input.of(8, 6, 3, 3);
    Input other = filters.with(Arrangement.CHANNELS_LAST);
    updates(cases, List.of(other), List.of(filters));
    updates(cases, List.of(filters), List.of(other));
    updates(cases, List.of(filters), List.of(filters.with(Arrangement.EXPANDED)));
    for (DType dtype : Sizes.OTHER_FLOATS) {
      List<Input> params = List.of(Input.of(7, 33).with(dtype), Input.of(5).with(dtype));
      updates(cases, params.subList(0, 1), params.subList(0, 1));
      updates(cases, params, params);
    }
    manyAtOnce(cases, filters, other);
  }

  /** Some that many threads share, some of no size, some whose gradient lies otherwise. */
  private static void manyAtOnce(List<OpCase> cases, Input filters, Input other) {
    Input row = Input.of(17);
    Input long1 = Input.of(9_001);
    Input none = Input.of(0, 3);
    updates(cases, List.of(row, row), List.of(row, row));
    updates(cases, List.of(none, row), List.of(none, row));
    updates(cases, List.of(long1, row, none), List.of(long1, row, none));
    updates(
        cases,
        List.of(filters, long1, other, none, Input.of(), filters),
        List.of(other, long1, other, none, Input.of(), filters));
  }

  private static void updates(List<OpCase> cases, List<Input> params, List<Input> grads) {
    for (OptimOp op : PLAIN) {
      add(cases, op, params, grads);
    }
    for (OptimOp op : MOMENTUM) {
      add(cases, op, params, grads, params);
    }
    for (OptimOp op : ADAM) {
      List<Input> squares = params.stream().map(p -> p.with(Values.uniform(0.01, 2))).toList();
      add(cases, op, params, grads, params, squares);
    }
  }

  @SafeVarargs
  private static void add(List<OpCase> cases, OptimOp op, List<Input>... inputs) {
    Input[] all = Stream.of(inputs).flatMap(List::stream).toArray(Input[]::new);
    cases.add(OpCase.of(op, TOLERANCE, Gradient.NONE, all));
  }
}
