package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.tensor.Device;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.LinalgOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tensors that are larger than a launch can be. */
class LimitsTest {
  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  private static boolean isTiled(int... dims) {
    Layout x = Layout.contiguous(Shape.of(dims));
    Layout y = Layout.contiguous(Shape.of(dims[1], dims[0]));
    return Copies.isTranspose(Walk.over(y.shape(), x.permute(Ints.of(1, 0)), y));
  }

  @Test
  void aTransposeIsTiledWhileAGridHasRowsForIt() {
    assertTrue(isTiled(65_535 * 32, 16));
    assertFalse(isTiled(65_535 * 32 + 1, 16));
    assertTrue(isTiled(16, 65_535 * 32 + 1));
  }

  @Test
  void elementsBeyondAnIntAreRefused() {
    assertEquals(Integer.MAX_VALUE, Walk.count(Shape.of(Integer.MAX_VALUE)));
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> Walk.count(Shape.of(1 << 16, 1 << 15, 1, 1)));
    assertTrue(e.getMessage().contains("fix: split it"), e.getMessage());
  }

  /** As it would be computed with {@code most} blocks in a direction of a grid, and on the CPU. */
  private static void compareInParts(int most, LinalgOp op, Tensor... in) {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
    Device device = Device.cuda(0);
    Tensor expected = Interpreter.run(op, in);
    Tensor[] there = Arrays.stream(in).map(x -> x.to(device)).toArray(Tensor[]::new);
    Tensor y = Tensors.zeros(expected.shape().toArray()).to(device);
    Products.run(Gpus.of(device), op, there, y, most);
    assertArrayEquals(expected.toFloatArray(), y.to(Device.CPU).toFloatArray(), 1e-4f);
  }

  @Test
  void productsOfMoreMatricesThanAGridHasBlocksGoInParts() {
    LinalgOp product = new LinalgOp.MatMul();
    compareInParts(3, product, Tensors.rand(4, 2, 3, 5), Tensors.rand(4, 2, 5, 6));
    compareInParts(3, product, Tensors.rand(2, 7, 3, 5), Tensors.rand(7, 5, 6));
    compareInParts(3, product, Tensors.rand(5, 1, 3, 5), Tensors.rand(1, 4, 5, 6));
    compareInParts(1, product, Tensors.rand(3, 5), Tensors.rand(2, 2, 5, 6));
  }

  @Test
  void productsOfMoreColumnsThanAGridHasTilesGoInParts() {
    compareInParts(1, new LinalgOp.MatMul(), Tensors.rand(2, 3, 5), Tensors.rand(2, 5, 150));
    Tensor x = Tensors.rand(2, 3, 5);
    Tensor weight = Tensors.rand(150, 5);
    Tensor residual = Tensors.rand(2, 3, 150);
    compareInParts(1, new LinalgOp.Linear(), x, weight);
    compareInParts(1, new LinalgOp.Linear(true), x, weight, Tensors.rand(150), residual);
  }
}
