package dev.manabi.autograd;

import static dev.manabi.autograd.Leaves.d;
import static dev.manabi.autograd.Leaves.grad;
import static dev.manabi.autograd.Leaves.leaf;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Gradients asked for of some tensors, without writing them anywhere. */
class GradTest {

  @Test
  void gradLeavesTheLeavesAlone() {
    Tensor x = leaf(2);
    Tensor w = leaf(3);
    Tensor hidden = x.mul(w);
    Tensor y = hidden.square();
    var grads = Autograd.grad(List.of(y), List.of(x, hidden, w), null, false, false);
    assertEquals(36, Objects.requireNonNull(grads.get(0)).item());
    assertEquals(12, Objects.requireNonNull(grads.get(1)).item());
    assertEquals(24, Objects.requireNonNull(grads.get(2)).item());
    assertNull(x.grad());
    assertNull(w.grad());
  }

  @Test
  void gradOfSeveralOutputsAddsThemUp() {
    Tensor x = leaf(2);
    var grads =
        Autograd.grad(
            List.of(x.mul(3), x.square()),
            List.of(x),
            List.of(Tensors.of(new double[] {1}), Tensors.of(new double[] {10})),
            false,
            false);
    assertEquals(43, Objects.requireNonNull(grads.getFirst()).item());
  }

  @Test
  void gradStopsAtTheTensorsAskedFor() {
    Tensor x = leaf(2);
    Tensor hidden = x.exp();
    Tensor y = hidden.square();
    Autograd.grad(y, hidden);
    hidden.backward();
    assertArrayEquals(d(Math.exp(2)), grad(x), 1e-12, "exp was not walked, so not freed");
  }

  @Test
  void gradOfAnUnusedInputIsNullOrAnError() {
    Tensor x = leaf(2);
    Tensor unused = leaf(3);
    Tensor y = x.mul(2);
    assertNull(Autograd.grad(List.of(y), List.of(unused), null, true, false).getFirst());
    assertNotNull(Autograd.grad(List.of(y), List.of(x), null, true, false).getFirst());
    assertThrows(IllegalStateException.class, () -> Autograd.grad(y, x, unused));
    Tensor untracked = Tensors.of(new double[] {1});
    assertThrows(IllegalStateException.class, () -> Autograd.grad(y, untracked));
  }

  @Test
  void gradOfTheOutputItselfIsWhatFlowsIn() {
    Tensor y = leaf(2).mul(3);
    assertEquals(1, Autograd.grad(y, y).getFirst().item());
  }
}
