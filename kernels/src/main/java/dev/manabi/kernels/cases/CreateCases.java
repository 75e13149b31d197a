package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.CreateOp.Distribution;
import dev.manabi.tensor.op.RandomKey;
import java.util.List;

/** Cases of ops without inputs. */
final class CreateCases {
  private CreateCases() {}

  static void addTo(List<OpCase> cases) {
    for (DType dtype : DType.values()) {
      for (double value : new double[] {0, 1, 3.5}) {
        add(cases, new CreateOp.Fill(Shape.of(7, 33), dtype, value));
      }
      if (dtype != DType.BOOL) {
        add(cases, new CreateOp.Range(3, 1, 17, dtype));
        add(cases, new CreateOp.Range(100, -2.5, 33, dtype));
      }
    }
    for (int[] dims : Sizes.SHAPES) {
      add(cases, new CreateOp.Fill(Shape.of(dims), DType.F32, -1e-40));
      add(cases, new CreateOp.Range(-1, 0.1, (int) Shape.of(dims).numel(), DType.F32));
    }
    for (Distribution distribution : Distribution.values()) {
      random(cases, distribution);
    }
  }

  private static void random(List<OpCase> cases, Distribution distribution) {
    int stream = 0;
    for (int[] dims : Sizes.SHAPES) {
      Shape shape = Shape.of(dims);
      RandomKey key = new RandomKey(-7, stream++);
      add(cases, new CreateOp.Random(shape, DType.F32, distribution, 0, 1, key));
    }
    for (DType dtype : DType.values()) {
      if (dtype.isFloating() || (dtype.isInteger() && distribution == Distribution.INTEGER)) {
        RandomKey key = new RandomKey(1L << 40, (1L << 40) + stream++);
        add(cases, new CreateOp.Random(Shape.of(5, 67), dtype, distribution, 2, 100, key));
      }
    }
  }

  private static void add(List<OpCase> cases, CreateOp op) {
    cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE));
  }
}
