package dev.manabi.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Finding the line that a NaN comes from. */
class AnomalyTest {

  private static Tensor leaf(double... values) {
    return Tensors.of(values).requiresGrad(true);
  }

  /** The line of this file that calls it, one line further down. */
  private static String nextLine() {
    StackTraceElement here = new Throwable().getStackTrace()[1];
    return here.getFileName() + ":" + (here.getLineNumber() + 1);
  }

  @Test
  void namesTheOpAndTheLineThatMadeIt() {
    try (GradMode.Scope scope = Autograd.detectAnomaly()) {
      Tensor x = leaf(-1, 4);
      String line = nextLine();
      Tensor y = x.sqrt();
      Tensor loss = y.mul(2).sum();
      String message = assertThrows(ArithmeticException.class, loss::backward).getMessage();
      assertTrue(message.contains("backward of sqrt gave NaN"), message);
      assertTrue(message.contains("input 0, [2] f64"), message);
      assertTrue(message.contains(line), message);
    }
  }

  @Test
  void namesTheLineOfAMethodMadeOfSeveralOps() {
    try (GradMode.Scope scope = Autograd.detectAnomaly()) {
      Tensor x = leaf(0, 0);
      String line = nextLine();
      Tensor loss = x.norm();
      String message = assertThrows(ArithmeticException.class, loss::backward).getMessage();
      assertTrue(message.contains("AnomalyTest.namesTheLineOfAMethodMadeOfSeveralOps"), message);
      assertTrue(message.contains(line), message);
    }
  }

  @Test
  void findsInfinitiesToo() {
    try (GradMode.Scope scope = Autograd.detectAnomaly()) {
      Tensor loss = leaf(0).log();
      String message = assertThrows(ArithmeticException.class, loss::backward).getMessage();
      assertTrue(message.contains("backward of log gave an infinity"), message);
    }
  }

  @Test
  void goodGradientsPass() {
    Tensor x = leaf(1, 4);
    try (GradMode.Scope scope = Autograd.detectAnomaly()) {
      x.sqrt().sum().backward();
    }
    assertEquals(0.25, Objects.requireNonNull(x.grad()).get(1).item());
  }

  @Test
  void isOffOutsideItsScope() {
    Tensor x = leaf(-1);
    Tensor y;
    try (GradMode.Scope scope = Autograd.detectAnomaly()) {
      y = x.sqrt();
    }
    y.backward();
    assertTrue(Double.isNaN(Objects.requireNonNull(x.grad()).item()));
  }

  @Test
  void saysSoIfTheLineIsNotKnown() {
    Tensor y = leaf(-1).sqrt();
    try (GradMode.Scope scope = Autograd.detectAnomaly()) {
      String message = assertThrows(ArithmeticException.class, y::backward).getMessage();
      assertTrue(message.contains("backward of sqrt"), message);
      assertTrue(message.contains("detection was off"), message);
    }
  }

  @Test
  void theLineInsideACheckpointIsNamed() {
    try (GradMode.Scope scope = Autograd.detectAnomaly()) {
      Tensor loss = Autograd.checkpoint(in -> in.exp().log().sub(1).log().sum(), leaf(1));
      String message = assertThrows(ArithmeticException.class, loss::backward).getMessage();
      assertTrue(message.contains("AnomalyTest.lambda$theLineInsideACheckpointIsNamed"), message);
    }
  }
}
