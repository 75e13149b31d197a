package dev.manabi.kernels.reference;

import static dev.manabi.kernels.reference.Reference.assertValues;
import static dev.manabi.kernels.reference.Reference.f32;
import static dev.manabi.kernels.reference.Reference.i64;
import static dev.manabi.kernels.reference.Reference.runAll;
import static dev.manabi.kernels.reference.Reference.shape;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.LossOp;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final int IGNORE = -100;
  private static final double LOG2 = Math.log(2);

  /** Softmax of a row of these logits is 1/4, 1/4, 1/2. */
  private static final double[] QUARTERS = {5, 5, 5 + LOG2};

  private static Tensor rows(int n) {
    double[] values = new double[3 * n];
    for (int i = 0; i < values.length; i++) {
      values[i] = QUARTERS[i % 3];
    }
    return f32(shape(n, 3), values);
  }

  @Test
  void lossIsMinusTheLogProbabilityOfTheTarget() {
    LossOp op = new LossOp.CrossEntropy(0, IGNORE);
    Tensor[] y = runAll(op, rows(3), i64(shape(3), 2, 0, IGNORE));
    assertValues(y[0], LOG2, 2 * LOG2, 0);
    double lse = 5 + 2 * LOG2;
    assertValues(y[1], lse, lse, lse);
  }

  @Test
  void smoothingMixesInTheMeanOverClasses() {
    LossOp op = new LossOp.CrossEntropy(0.3, IGNORE);
    double expected = 0.7 * LOG2 + 0.3 * (2 + 2 + 1) / 3 * LOG2;
    assertValues(runAll(op, rows(1), i64(shape(1), 2))[0], expected);
  }

  @Test
  void aRuledOutClassDoesNoHarm() {
    Tensor logits = f32(shape(1, 3), Double.NEGATIVE_INFINITY, 1, 1);
    Tensor[] y = runAll(new LossOp.CrossEntropy(0, IGNORE), logits, i64(shape(1), 1));
    assertValues(y[0], LOG2);
  }

  @Test
  void gradientIsSoftmaxMinusTarget() {
    Tensor logits = rows(2);
    Tensor target = i64(shape(2), 2, IGNORE);
    Tensor lse = runAll(new LossOp.CrossEntropy(0, IGNORE), logits, target)[1];
    Tensor g = f32(shape(2), 4, 4);
    assertValues(
        runAll(new LossOp.CrossEntropyGrad(0, IGNORE), g, logits, target, lse)[0],
        1,
        1,
        -2,
        0,
        0,
        0);
    assertValues(
        runAll(new LossOp.CrossEntropyGrad(0.3, IGNORE), g, logits, target, lse)[0],
        0.6,
        0.6,
        -1.2,
        0,
        0,
        0);
  }

  @Test
  void aTargetOutsideTheClassesIsNamed() {
    LossOp op = new LossOp.CrossEntropy(0, IGNORE);
    assertThrows(IndexOutOfBoundsException.class, () -> runAll(op, rows(1), i64(shape(1), 3)));
  }
}
