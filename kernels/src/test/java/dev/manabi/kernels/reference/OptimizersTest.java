package dev.manabi.kernels.reference;

import static dev.manabi.kernels.reference.Reference.assertValues;
import static dev.manabi.kernels.reference.Reference.f32;
import static dev.manabi.kernels.reference.Reference.shape;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.run.Backends;
import dev.manabi.tensor.run.Interpreter;
import org.junit.jupiter.api.Test;

class OptimizersTest {
  private final Tensor param = f32(shape(2), 1, -2);
  private final Tensor grad = f32(shape(2), 0.5, 1);

  private static void update(OptimOp op, Tensor[] inputs, Tensor... targets) {
    Backends.with(new ReferenceBackend(), () -> Interpreter.runInto(op, inputs, targets));
  }

  @Test
  void plainSgdWithWeightDecay() {
    update(new OptimOp.Sgd(0.1, 0, 0, 0.5, false, true), new Tensor[] {param, grad}, param);
    assertValues(param, 1 - 0.1 * (0.5 + 0.5), -2 - 0.1 * (1 - 1));
  }

  @Test
  void momentumStartsFromTheGradientAndDecays() {
    Tensor buffer = f32(shape(2), 77, 77);
    Tensor[] inputs = {param, grad, buffer};
    update(new OptimOp.Sgd(0.1, 0.9, 0.5, 0, false, true), inputs, param, buffer);
    assertValues(buffer, 0.5, 1);
    assertValues(param, 0.95, -2.1);
    update(new OptimOp.Sgd(0.1, 0.9, 0.5, 0, false, false), inputs, param, buffer);
    assertValues(buffer, 0.45 + 0.25, 0.9 + 0.5);
    assertValues(param, 0.95 - 0.07, -2.1 - 0.14);
  }

  @Test
  void nesterovLooksAhead() {
    Tensor buffer = f32(shape(2), 0, 0);
    Tensor[] inputs = {param, grad, buffer};
    update(new OptimOp.Sgd(0.1, 0.9, 0, 0, true, true), inputs, param, buffer);
    assertValues(param, 1 - 0.1 * (0.5 + 0.45), -2 - 0.1 * (1 + 0.9));
  }

  @Test
  void firstAdamStepHasTheSizeOfTheLearningRate() {
    Tensor m = f32(shape(2), 0, 0);
    Tensor v = f32(shape(2), 0, 0);
    Tensor[] inputs = {param, grad, m, v};
    update(new OptimOp.Adam(0.01, 0.9, 0.999, 0, 0, false, 1), inputs, param, m, v);
    assertValues(param, 0.99, -2.01);
    assertValues(m, 0.05, 0.1);
    assertValues(v, 0.00025, 0.001);
  }

  @Test
  void adamDecaysThroughTheGradientAndAdamWBesideIt() {
    Tensor zeroGrad = f32(shape(2), 0, 0);
    Tensor m = f32(shape(2), 0, 0);
    Tensor v = f32(shape(2), 0, 0);
    Tensor[] inputs = {param, zeroGrad, m, v};
    update(new OptimOp.Adam(0.01, 0.9, 0.999, 1e-8, 0.1, true, 1), inputs, param, m, v);
    assertValues(param, 0.999, -1.998);
    update(new OptimOp.Adam(0.01, 0.9, 0.999, 1e-8, 0.1, false, 1), inputs, param, m, v);
    assertValues(param, 0.989, -1.988);
    assertValues(m, 0.00999, -0.01998);
  }
}
