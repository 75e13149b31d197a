package dev.manabi.kernels.reference;

import static dev.manabi.kernels.reference.Reference.assertValues;
import static dev.manabi.kernels.reference.Reference.f32;
import static dev.manabi.kernels.reference.Reference.f64;
import static dev.manabi.kernels.reference.Reference.run;
import static dev.manabi.kernels.reference.Reference.runAll;
import static dev.manabi.kernels.reference.Reference.shape;
import static dev.manabi.kernels.reference.Reference.toArray;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.NormOp;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NormsTest {
  @Test
  void batchNormOfTwoChannels() {
    Tensor x = f32(shape(2, 2, 1, 1), 1, 10, 3, 30);
    Tensor weight = f32(shape(1, 2, 1, 1), 1, 2);
    Tensor bias = f32(shape(1, 2, 1, 1), 0, 5);
    Tensor[] y = runAll(new NormOp.Norm(Ints.of(0, 2, 3), 0), x, weight, bias);
    assertValues(y[0], -1, 3, 1, 7);
    assertValues(y[1], 2, 20);
    assertValues(y[2], 1, 0.1);
  }

  @Test
  void layerNormScalesEachFeatureAndEpsBoundsTheScale() {
    Tensor x = f32(shape(2, 3), 1, 2, 3, 5, 5, 5);
    Tensor weight = f32(shape(1, 3), 1, 1, 10);
    Tensor bias = f32(shape(1, 3), 0, 1, 0);
    Tensor[] y = runAll(new NormOp.Norm(Ints.of(1), 1e-2), x, weight, bias);
    double r = 1 / Math.sqrt(2.0 / 3 + 1e-2);
    assertValues(y[0], -r, 1, 10 * r, 0, 1, 0);
    assertValues(y[2], r, 10);
  }

  /**
   * Each gradient equals the slope of {@code sum(gradOut * y)}, measured by central differences.
   */
  @Test
  void gradientsAreSlopes() {
    Ints axes = Ints.of(2, 3);
    Random random = new Random(3);
    double[] x = random.doubles(2 * 2 * 3 * 2, -1, 1).toArray();
    double[] weight = random.doubles(2 * 3, -1, 1).toArray();
    double[] bias = random.doubles(2 * 3, -1, 1).toArray();
    double[] g = random.doubles(x.length, -1, 1).toArray();
    Tensor[] y = runAll(new NormOp.Norm(axes, 1e-3), input(x), affine(weight), affine(bias));
    Tensor[] grads =
        runAll(new NormOp.NormGrad(axes), input(g), input(x), affine(weight), y[1], y[2]);
    double[][] operands = {x, weight, bias};
    for (int k = 0; k < 3; k++) {
      double[] grad = toArray(grads[k]);
      for (int i = 0; i < grad.length; i++) {
        double old = operands[k][i];
        operands[k][i] = old + 1e-5;
        double above = weighted(axes, x, weight, bias, g);
        operands[k][i] = old - 1e-5;
        double below = weighted(axes, x, weight, bias, g);
        operands[k][i] = old;
        assertEquals((above - below) / 2e-5, grad[i], 1e-7, "operand " + k + " element " + i);
      }
    }
  }

  private static Tensor input(double[] values) {
    return f64(shape(2, 2, 3, 2), values);
  }

  private static Tensor affine(double[] values) {
    return f64(shape(1, 2, 3, 1), values);
  }

  private static double weighted(
      Ints axes, double[] x, double[] weight, double[] bias, double[] g) {
    double[] y = toArray(run(new NormOp.Norm(axes, 1e-3), input(x), affine(weight), affine(bias)));
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += g[i] * y[i];
    }
    return sum;
  }
}
