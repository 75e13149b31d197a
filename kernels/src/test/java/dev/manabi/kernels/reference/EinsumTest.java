package dev.manabi.kernels.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dimensions under an ellipsis, against the same written out, and what is no equation. */
class EinsumTest {
  private static void agrees(Tensor expected, Tensor found) {
    assertEquals(expected.shape(), found.shape());
    assertTrue(expected.sub(found).abs().max().item() < 1e-5);
  }

  @Test
  void ellipsisIsBroadcast() {
    Tensors.manualSeed(5);
    Tensor a = Tensors.randn(4, 1, 2, 3);
    Tensor b = Tensors.randn(5, 3, 6);
    agrees(a.matmul(b), Tensors.einsum("...ij,...jk->...ik", a, b));
    agrees(a.matmul(b), Tensors.einsum("...ij, ...jk", a, b));
    agrees(a.matmul(b).permute(3, 0, 1, 2), Tensors.einsum("...ij,...jk->k...i", a, b));
    agrees(a.matmul(b).sum(0, 1), Tensors.einsum("...ij,...jk->ik", a, b));
    agrees(a.permute(2, 3, 0, 1), Tensors.einsum("...ij->ij...", a));
    agrees(b.sum(0).sum(0), Tensors.einsum("...k->k", b));
  }

  @Test
  void ellipsisMayStandForNothing() {
    Tensor a = Tensors.randn(2, 3);
    Tensor b = Tensors.randn(3, 4);
    agrees(a.matmul(b), Tensors.einsum("...ij,...jk->...ik", a, b));
    assertEquals(Shape.of(2, 1), Tensors.einsum("...i->...", Tensors.ones(2, 1, 3)).shape());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ij,jk->...ik; but no input has",
        "ij..,jk->ik; at most one ... in each",
        "...i...,jk->ik; at most one ... in each",
        "i,jk->k; fix: one letter for each dimension, or ... for those without one",
        "...ijk,jk->k; fix: one letter for each dimension",
        "...,...; fix: equal sizes, counted from the last, or size 1",
      })
  void whatDoesNotFitIsExplained(String equation, String fix) {
    Tensor a = Tensors.ones(2, 3);
    Tensor b = Tensors.ones(3, 4);
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> Tensors.einsum(equation, a, b));
    assertTrue(e.getMessage().contains(fix), e.getMessage());
  }
}
