package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ConvOp.Params;
import dev.manabi.tensor.run.Interpreter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stated error of Winograd's algorithm, and the rule by which it is chosen. */
class WinogradTest {
  /** Root mean square of the error against f64, as a share of that of the result. */
  private static double error(ConvOp op, Tensor a, Tensor b) {
    Tensor exact = Interpreter.run(op, a.to(DType.F64), b.to(DType.F64));
    Tensor difference = Interpreter.run(op, a, b).to(DType.F64).sub(exact);
    double squares = difference.square().mean().item();
    return Math.sqrt(squares / exact.square().mean().item());
  }

  @ParameterizedTest
  @CsvSource({"64, 64, 12, 3, 1", "128, 32, 8, 3, 1", "32, 64, 12, 5, 0", "300, 16, 9, 5, 2"})
  void errorIsAsStated(int in, int out, int size, int kernel, int padding) {
    Tensors.manualSeed(3);
    Params p = Params.of(1, padding, 1, 1);
    Tensor x = Tensors.randn(8, in, size, size).channelsLast();
    Tensor w = Tensors.randn(out, in, kernel, kernel);
    Tensor g = Tensors.randn(8, out, p.outH(size, kernel), p.outW(size, kernel)).channelsLast();
    double stated = kernel == 3 ? 4e-6 : 7e-6;
    assertTrue(error(new ConvOp.Conv2d(p), x, w) < stated);
    assertTrue(error(new ConvOp.InputGrad(p, size, size), g, w) < stated);
    assertTrue(error(new ConvOp.WeightGrad(p, kernel, kernel), x, g) < stated);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 64, 64, 32, 3, 1, 1, WINOGRAD, WINOGRAD",
    "1, 64, 64, 16, 3, 1, 1, WINOGRAD, DIRECT",
    "1, 64, 64, 11, 3, 1, 1, DIRECT, DIRECT",
    "2, 64, 64, 16, 3, 1, 1, WINOGRAD, WINOGRAD",
    "1, 256, 256, 8, 3, 1, 1, DIRECT, DIRECT",
    "7, 256, 256, 8, 3, 1, 1, WINOGRAD, DIRECT",
    "8, 256, 256, 8, 3, 1, 1, WINOGRAD, WINOGRAD",
    "7, 32, 64, 12, 5, 1, 0, WINOGRAD, DIRECT",
    "8, 32, 64, 12, 5, 1, 0, WINOGRAD, WINOGRAD",
    "8, 3, 64, 32, 3, 1, 1, DIRECT, DIRECT",
    "8, 64, 8, 32, 3, 1, 1, DIRECT, DIRECT",
    "8, 64, 128, 32, 3, 2, 1, DIRECT, DIRECT",
    "512, 64, 64, 2, 3, 1, 1, DIRECT, DIRECT",
    "1, 3, 64, 64, 7, 2, 3, DIRECT, DIRECT",
    "1, 64, 256, 16, 1, 1, 0, POINTWISE, POINTWISE",
    "8, 64, 128, 16, 1, 2, 0, DIRECT, DIRECT",
  })
  void isChosenByShape(
      int count,
      int in,
      int out,
      int size,
      int kernel,
      int stride,
      int padding,
      Convolutions.Algorithm forward,
      Convolutions.Algorithm weightGrad) {
    Params p = Params.of(stride, padding, 1, 1);
    Filter filter = Filter.of(Tensors.zeros(out, in, kernel, kernel), 0, 1);
    int outSize = p.outH(size, kernel);
    Image y = new Image(0, count, outSize, outSize, out, out);
    assertEquals(forward, Convolutions.Algorithm.of(p, filter, y, y, Convolutions.FORWARD_PIXELS));
    assertEquals(
        weightGrad, Convolutions.Algorithm.of(p, filter, y, y, Convolutions.GRADIENT_PIXELS));
  }

  @ParameterizedTest
  @CsvSource({"12, 5, WINOGRAD", "7, 5, DIRECT", "12, 3, WINOGRAD", "6, 3, DIRECT"})
  void gradientOfAnUnpaddedInputIsTiledOverTheInput(int size, int kernel, String expected) {
    Filter filter = Filter.of(Tensors.zeros(64, 32, kernel, kernel), 0, 1);
    int outSize = Params.DEFAULT.outH(size, kernel);
    Image gradOut = new Image(0, 64, outSize, outSize, 64, 64);
    Image gradX = new Image(0, 64, size, size, 32, 32);
    assertEquals(
        Convolutions.Algorithm.valueOf(expected),
        Convolutions.Algorithm.of(
            Params.DEFAULT, filter, gradOut, gradX, Convolutions.GRADIENT_PIXELS));
  }

  @Test
  void biasReachesEveryOutputOnce() {
    Tensor bias = Tensors.randn(20);
    Tensor y =
        Tensors.zeros(9, 16, 9, 7).conv2d(Tensors.zeros(20, 16, 3, 3), bias, Params.of(1, 1, 1, 1));
    Tensor expected = bias.reshape(1, 20, 1, 1).expand(y.shape());
    assertEquals(0, y.sub(expected).abs().max().item());
  }
}
