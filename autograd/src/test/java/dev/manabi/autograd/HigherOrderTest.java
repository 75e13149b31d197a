package dev.manabi.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Derivatives of derivatives. */
class HigherOrderTest {

  private static Tensor leaf(double... values) {
    return Tensors.of(values).requiresGrad(true);
  }

  @Test
  void everyDerivativeOfAPower() {
    Tensor x = leaf(2);
    Tensor d = x.pow(4);
    double[] expected = {4 * 8, 12 * 4, 24 * 2, 24, 0};
    for (double value : expected) {
      d = Autograd.gradWithGraph(d, x).getFirst();
      assertEquals(value, d.item(), 1e-12);
    }
  }

  @Test
  void aThirdDerivativeThroughATranscendentalFunction() {
    Tensor x = leaf(0.7);
    Tensor d = x.tanh();
    for (int i = 0; i < 3; i++) {
      d = Autograd.gradWithGraph(d, x).getFirst();
    }
    double t = Math.tanh(0.7);
    double s = 1 - t * t;
    assertEquals(-2 * s * s + 4 * t * t * s, d.item(), 1e-12);
  }

  @Test
  void backwardOfAGradientPenalty() {
    Tensor x = leaf(1, 2);
    Tensor w = leaf(3, 4);
    Tensor y = x.mul(w).square().sum();
    Tensor gradient = Autograd.gradWithGraph(y, x).getFirst();
    gradient.square().sum().backward();
    // y = sum (x w)^2, dy/dx = 2 x w^2, penalty = sum 4 x^2 w^4, d/dw = 16 x^2 w^3
    assertArrayEquals(
        new double[] {16 * 27, 16 * 4 * 64}, Objects.requireNonNull(w.grad()).toDoubleArray());
  }

  @Test
  void createGraphMakesTheAccumulatedGradientDifferentiable() {
    Tensor x = leaf(3);
    x.pow(3).backward(null, false, true);
    Tensor gradient = Objects.requireNonNull(x.grad());
    assertTrue(gradient.requiresGrad());
    assertEquals(18, Autograd.grad(gradient, x).getFirst().item(), 1e-12);
    x.setGrad(null);
    x.pow(3).backward();
    assertFalse(Objects.requireNonNull(x.grad()).requiresGrad());
  }

  @Test
  void createGraphKeepsTheGraphItLeadsBackThrough() {
    Tensor x = leaf(2);
    x.exp().backward(null, false, true);
    Tensor gradient = Objects.requireNonNull(x.grad());
    assertEquals(Math.exp(2), Autograd.grad(gradient, x).getFirst().item(), 1e-12);
  }

  @Test
  void accumulatingOntoARecordedGradientKeepsItsHistory() {
    Tensor x = leaf(3);
    x.pow(3).backward(null, false, true);
    x.square().backward();
    Tensor gradient = Objects.requireNonNull(x.grad());
    assertEquals(33, gradient.item(), 1e-12);
  }

  @Test
  void jacobianOfAVectorFunction() {
    Tensor x = Tensors.of(new double[] {1, 2, 3});
    Tensor jacobian = Autograd.jacobian(t -> t.slice(0, 0, 2).mul(t.get(2)), x);
    assertEquals(Shape.of(2, 3), jacobian.shape());
    assertArrayEquals(new double[] {3, 0, 1, 0, 3, 2}, jacobian.toDoubleArray());
    assertFalse(x.requiresGrad());
  }

  @Test
  void jacobianOfAConstantIsZero() {
    Tensor x = Tensors.of(new double[] {1, 2});
    assertArrayEquals(
        new double[] {0, 0}, Autograd.jacobian(t -> Tensors.ones(DType.F64, 1), x).toDoubleArray());
  }

  @Test
  void hessianAndItsProductAgree() {
    Tensor x = Tensors.of(new double[] {0.5, -1, 2});
    Tensor hessian = Autograd.hessian(t -> t.get(0).mul(t.get(1)).mul(t.get(2).exp()), x);
    double e = Math.exp(2);
    assertArrayEquals(
        new double[] {0, e, -e, e, 0, 0.5 * e, -e, 0.5 * e, -0.5 * e},
        hessian.toDoubleArray(),
        1e-12);
    Tensor v = Tensors.of(new double[] {1, 2, -1});
    Tensor product = Autograd.hvp(t -> t.get(0).mul(t.get(1)).mul(t.get(2).exp()), x, v);
    assertArrayEquals(hessian.matmul(v).toDoubleArray(), product.toDoubleArray(), 1e-12);
  }
}
