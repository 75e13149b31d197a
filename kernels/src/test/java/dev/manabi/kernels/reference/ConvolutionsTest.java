package dev.manabi.kernels.reference;

import static dev.manabi.kernels.reference.Reference.assertValues;
import static dev.manabi.kernels.reference.Reference.f32;
import static dev.manabi.kernels.reference.Reference.f64;
import static dev.manabi.kernels.reference.Reference.run;
import static dev.manabi.kernels.reference.Reference.shape;
import static dev.manabi.kernels.reference.Reference.toArray;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConvolutionsTest {
  private static final Tensor PLANE = f32(shape(1, 1, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9);

  @Test
  void slidesAKernelOverAPlane() {
    Tensor weight = f32(shape(1, 1, 2, 2), 1, 0, 0, 10);
    assertValues(run(new ConvOp.Conv2d(ConvOp.Params.DEFAULT), PLANE, weight), 51, 62, 84, 95);
  }

  @Test
  void paddingIsZerosAndStrideSkips() {
    Tensor weight = f32(shape(1, 1, 3, 3), 1, 1, 1, 1, 1, 1, 1, 1, 1);
    ConvOp.Params params = ConvOp.Params.of(2, 1, 1, 1);
    assertValues(run(new ConvOp.Conv2d(params), PLANE, weight), 12, 16, 24, 28);
  }

  @Test
  void dilationSpreadsTheKernelAndBiasIsAdded() {
    Tensor weight = f32(shape(1, 1, 2, 2), 1, 1, 1, 1);
    ConvOp.Params params = ConvOp.Params.of(1, 0, 2, 1);
    Tensor bias = f32(shape(1), 100);
    assertValues(run(new ConvOp.Conv2d(params), PLANE, weight, bias), 120);
  }

  @Test
  void groupsSeeOnlyTheirOwnChannels() {
    Tensor x = f32(shape(1, 2, 1, 2), 1, 2, 3, 4);
    Tensor weight = f32(shape(4, 1, 1, 1), 1, 2, 10, 20);
    ConvOp.Params depthwise = ConvOp.Params.of(1, 0, 1, 2);
    assertValues(run(new ConvOp.Conv2d(depthwise), x, weight), 1, 2, 2, 4, 30, 40, 60, 80);
  }

  /** {@code <conv(x, w), g> = <x, inputGrad(g, w)> = <w, weightGrad(x, g)>}: all are one sum. */
  @Test
  void gradientsAreTheTransposesOfTheForward() {
    ConvOp.Params params = new ConvOp.Params(2, 3, 1, 2, 2, 1, 2);
    Random random = new Random(1);
    Tensor x = normal(shape(2, 4, 9, 10), random);
    Tensor weight = normal(shape(6, 2, 3, 2), random);
    Tensor y = run(new ConvOp.Conv2d(params), x, weight);
    Tensor g = normal(y.shape(), random);
    Tensor gradInput = run(new ConvOp.InputGrad(params, 9, 10), g, weight);
    Tensor gradWeight = run(new ConvOp.WeightGrad(params, 3, 2), x, g);
    double sum = dot(y, g);
    assertEquals(sum, dot(x, gradInput), 1e-10);
    assertEquals(sum, dot(weight, gradWeight), 1e-10);
  }

  @Test
  void inputGradSpreadsEachOutputOverWhatItSaw() {
    Tensor g = f32(shape(1, 1, 2, 2), 1, 2, 3, 4);
    Tensor weight = f32(shape(1, 1, 2, 2), 1, 10, 100, 1000);
    Tensor y = run(new ConvOp.InputGrad(ConvOp.Params.DEFAULT, 3, 3), g, weight);
    assertValues(y, 1, 12, 20, 103, 1234, 2040, 300, 3400, 4000);
  }

  private static Tensor normal(Shape shape, Random random) {
    return f64(shape, random.doubles(shape.numel(), -1, 1).toArray());
  }

  private static double dot(Tensor a, Tensor b) {
    double[] x = toArray(a);
    double[] y = toArray(b);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
