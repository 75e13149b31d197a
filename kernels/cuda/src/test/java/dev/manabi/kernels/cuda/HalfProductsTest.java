package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.kernels.cases.Agreement;
import dev.manabi.kernels.cases.Arrangement;
import dev.manabi.kernels.cases.Gradient;
import dev.manabi.kernels.cases.Input;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.Tolerance;
import dev.manabi.kernels.reference.ReferenceBackend;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.LinalgOp;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Products whose rows are aligned, which the catalog's awkward sizes hardly ever are. */
class HalfProductsTest {
  /** m, k, n: one tile and parts of one, more steps than stages, several tiles. */
  private static final int[][] SIZES = {
    {16, 8, 16}, {17, 32, 24}, {40, 200, 72}, {136, 40, 136}, {128, 64, 128},
  };

  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  private static void compare(OpCase c) {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
    try (var region = Region.open("case")) {
      assertEquals("", Agreement.difference(c, new ReferenceBackend(), Device.cuda(0)));
    }
  }

  @Test
  void alignedProductsAgreeWithTheReference() {
    for (DType dtype : new DType[] {DType.F16, DType.BF16}) {
      for (int[] size : SIZES) {
        Input a = Input.of(size[0], size[1]).with(dtype);
        Input b = Input.of(size[1], size[2]).with(dtype);
        Tolerance tolerance = Tolerance.sum(size[1]);
        LinalgOp product = new LinalgOp.MatMul();
        compare(OpCase.of(product, tolerance, Gradient.NONE, a, b));
        compare(OpCase.of(product, tolerance, Gradient.NONE, a, b.with(Arrangement.TRANSPOSED)));
        Input weight = Input.of(size[2], size[1]).with(dtype);
        Input bias = Input.of(size[2]).with(dtype);
        compare(OpCase.of(new LinalgOp.Linear(), tolerance, Gradient.NONE, a, weight, bias));
      }
    }
  }

  @Test
  void alignedBatchesAgreeWithTheReference() {
    Input a = Input.of(3, 24, 16).with(DType.BF16);
    Input b = Input.of(3, 16, 32).with(DType.BF16);
    compare(OpCase.of(new LinalgOp.MatMul(), Tolerance.sum(16), Gradient.NONE, a, b));
  }
}
