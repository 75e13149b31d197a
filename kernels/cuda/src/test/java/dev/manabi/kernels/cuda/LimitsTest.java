package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import org.junit.jupiter.api.Test;

/** Tensors that are larger than a launch can be. */
class LimitsTest {
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
}
