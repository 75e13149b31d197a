package dev.manabi.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Gradient clipping. */
class GradientsTest {

  private static Tensor withGrad(double... grad) {
    Tensor x = Tensors.zeros(DType.F64, grad.length).requiresGrad(true);
    x.setGrad(Tensors.of(grad));
    return x;
  }

  private static double[] grad(Tensor x) {
    return Objects.requireNonNull(x.grad()).toDoubleArray();
  }

  @Test
  void clipNormScalesAllGradientsByOneFactor() {
    Tensor a = withGrad(3, 0);
    Tensor b = withGrad(4);
    Tensor without = Tensors.zeros(2).requiresGrad(true);
    assertEquals(5, Gradients.clipNorm(List.of(a, b, without), 1).item(), 1e-12);
    assertArrayEquals(new double[] {0.6, 0}, grad(a), 1e-6);
    assertArrayEquals(new double[] {0.8}, grad(b), 1e-6);
    assertEquals(1, Gradients.norm(List.of(a, b)).item(), 1e-6);
  }

  @Test
  void clipNormLeavesShortGradientsAlone() {
    Tensor a = withGrad(3, 4);
    Gradients.clipNorm(List.of(a), 6);
    assertArrayEquals(new double[] {3, 4}, grad(a));
  }

  @Test
  void clipNormOfZeroGradientsIsNotNan() {
    Tensor a = withGrad(0, 0);
    assertEquals(0, Gradients.clipNorm(List.of(a), 1).item());
    assertArrayEquals(new double[] {0, 0}, grad(a));
    assertEquals(0, Gradients.clipNorm(List.of(), 1).item());
  }

  @Test
  void theNormOfHalfPrecisionGradientsDoesNotOverflow() {
    Tensor a = Tensors.zeros(4).to(DType.F16).requiresGrad(true);
    a.setGrad(Tensors.full(300, 4).to(DType.F16));
    Tensor b = withGrad(800);
    assertEquals(1000, Gradients.clipNorm(List.of(a, b), 1).item(), 1e-2);
    assertArrayEquals(new double[] {0.3, 0.3, 0.3, 0.3}, grad(a), 1e-3);
  }

  @Test
  void clipValueLimitsEveryElement() {
    Tensor a = withGrad(-3, 0.5, 7);
    Gradients.clipValue(List.of(a), 1);
    assertArrayEquals(new double[] {-1, 0.5, 1}, grad(a));
  }

  @Test
  void aNegativeLimitIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Gradients.clipNorm(List.of(), -1));
    assertThrows(IllegalArgumentException.class, () -> Gradients.clipValue(List.of(), Double.NaN));
  }
}
