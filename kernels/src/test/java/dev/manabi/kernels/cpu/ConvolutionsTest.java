package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.ProductsTest.f64;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.tensor.Index;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ConvOp.Params;
import dev.manabi.tensor.run.Interpreter;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each convolution op against the scalar reference, for every kind of geometry. */
class ConvolutionsTest {
  @BeforeEach
  void seed() {
    Tensors.manualSeed(12);
  }

  /** N, C, H, W, O, KH, KW and the parameters. */
  static Stream<Arguments> geometries() {
    return Stream.of(
        Arguments.of(new int[] {2, 3, 9, 10, 5, 3, 3}, Params.of(1, 1, 1, 1)),
        Arguments.of(new int[] {1, 1, 28, 28, 32, 5, 5}, Params.DEFAULT),
        Arguments.of(new int[] {3, 32, 12, 12, 40, 5, 5}, Params.DEFAULT),
        Arguments.of(new int[] {8, 32, 12, 12, 40, 5, 5}, Params.DEFAULT),
        Arguments.of(new int[] {8, 17, 9, 10, 35, 3, 3}, Params.of(1, 1, 1, 1)),
        Arguments.of(new int[] {1, 130, 9, 8, 200, 3, 3}, Params.of(1, 1, 1, 1)),
        Arguments.of(new int[] {2, 16, 7, 7, 33, 1, 1}, Params.DEFAULT),
        Arguments.of(new int[] {2, 16, 8, 8, 8, 1, 1}, Params.of(2, 0, 1, 1)),
        Arguments.of(new int[] {2, 4, 11, 12, 6, 3, 3}, Params.of(2, 1, 1, 1)),
        Arguments.of(new int[] {2, 4, 13, 9, 6, 2, 4}, new Params(3, 2, 1, 2, 1, 1, 1)),
        Arguments.of(new int[] {1, 4, 15, 15, 6, 3, 3}, Params.of(1, 2, 2, 1)),
        Arguments.of(new int[] {1, 2, 15, 14, 3, 3, 2}, new Params(2, 1, 3, 0, 2, 3, 1)),
        Arguments.of(new int[] {2, 6, 8, 8, 9, 3, 3}, Params.of(1, 1, 1, 3)),
        Arguments.of(new int[] {2, 8, 9, 9, 8, 3, 3}, Params.of(2, 1, 1, 8)),
        Arguments.of(new int[] {3, 20, 11, 13, 20, 3, 3}, Params.of(1, 1, 1, 20)),
        Arguments.of(new int[] {2, 35, 14, 15, 35, 5, 2}, new Params(3, 2, 1, 2, 2, 3, 35)),
        Arguments.of(new int[] {2, 16, 6, 5, 16, 7, 7}, new Params(1, 2, 3, 6, 1, 1, 16)),
        Arguments.of(new int[] {1, 40, 9, 30, 40, 4, 13}, new Params(1, 1, 2, 5, 1, 1, 40)),
        Arguments.of(new int[] {3, 5, 9, 30, 5, 3, 3}, new Params(2, 1, 1, 1, 1, 2, 5)),
        Arguments.of(new int[] {1, 21, 40, 9, 21, 5, 3}, new Params(1, 2, 2, 1, 1, 1, 21)),
        Arguments.of(new int[] {1, 17, 9, 8, 17, 1, 1}, Params.of(2, 3, 1, 17)),
        Arguments.of(new int[] {1, 6, 13, 17, 6, 4, 3}, new Params(6, 4, 2, 1, 4, 6, 6)),
        Arguments.of(new int[] {2, 4, 8, 8, 8, 3, 3}, Params.of(1, 1, 1, 4)),
        Arguments.of(new int[] {1, 3, 5, 5, 4, 5, 5}, Params.of(1, 4, 1, 1)),
        Arguments.of(new int[] {6, 3, 70, 90, 40, 7, 7}, Params.of(2, 3, 1, 1)),
        Arguments.of(new int[] {1, 40, 9, 9, 300, 3, 3}, Params.of(2, 1, 1, 1)),
        Arguments.of(new int[] {8, 2, 40, 40, 4, 3, 3}, Params.of(1, 1, 1, 1)));
  }

  private static Tensor[] layouts(int... shape) {
    int[] doubled = shape.clone();
    doubled[3] *= 2;
    return new Tensor[] {
      Tensors.randn(shape),
      Tensors.randn(shape).channelsLast(),
      Tensors.randn(doubled).get(Index.ellipsis(), Index.range(null, null, -2)),
    };
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void agreesWithTheReference(int[] d, Params p) {
    int oh = p.outH(d[2], d[5]);
    int ow = p.outW(d[3], d[6]);
    int inner = d[1] / p.groups();
    // Winograd's transforms weigh products by up to 8 in each direction.
    boolean transformable = Math.min(d[1], d[4]) >= 16 && d[5] == d[6] && d[5] <= 5;
    int pixels = d[0] * oh * ow;
    int forward = transformable && pixels >= Convolutions.FORWARD_PIXELS ? 64 : 1;
    int gradient = transformable && pixels >= Convolutions.GRADIENT_PIXELS ? 64 : 1;
    Tensor bias = Tensors.randn(d[4]);
    for (Tensor x : layouts(d[0], d[1], d[2], d[3])) {
      for (Tensor w : layouts(d[4], inner, d[5], d[6])) {
        ProductsTest.agrees(inner * d[5] * d[6], forward, () -> x.conv2d(w, bias, p));
      }
    }
    for (Tensor g : layouts(d[0], d[4], oh, ow)) {
      Tensor w = Tensors.randn(d[4], inner, d[5], d[6]);
      Tensor x = Tensors.randn(d[0], d[1], d[2], d[3]).channelsLast();
      ProductsTest.agrees(
          d[4] * d[5] * d[6],
          gradient,
          () -> Interpreter.run(new ConvOp.InputGrad(p, d[2], d[3]), g, w));
      ProductsTest.agrees(
          pixels, gradient, () -> Interpreter.run(new ConvOp.WeightGrad(p, d[5], d[6]), x, g));
    }
  }

  /** Those that the reference is quick with. */
  static Stream<Arguments> smallGeometries() {
    return geometries().filter(a -> ((int[]) a.get()[0])[1] * ((int[]) a.get()[0])[2] < 200);
  }

  @ParameterizedTest
  @MethodSource("smallGeometries")
  void agreesWithTheReferenceInF64(int[] d, Params p) {
    int inner = d[1] / p.groups();
    Tensor bias = f64(Tensors.randn(d[4]));
    Tensor x = f64(Tensors.randn(d[0], d[1], d[2], d[3]));
    Tensor w = f64(Tensors.randn(d[4], inner, d[5], d[6]));
    Tensor g = f64(Tensors.randn(d[0], d[4], p.outH(d[2], d[5]), p.outW(d[3], d[6])));
    for (Tensor weight : new Tensor[] {w, w.flip(0, 1, 2, 3)}) {
      ProductsTest.agreesInF64(inner * d[5] * d[6], () -> x.conv2d(weight, bias, p));
      ProductsTest.agreesInF64(
          d[4] * d[5] * d[6],
          () -> Interpreter.run(new ConvOp.InputGrad(p, d[2], d[3]), g, weight));
    }
    for (Tensor image : new Tensor[] {x, x.channelsLast()}) {
      ProductsTest.agreesInF64(
          (int) (g.numel() / d[4]),
          () -> Interpreter.run(new ConvOp.WeightGrad(p, d[5], d[6]), image, g));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "64, 64, 64, 3, 1, 1, DEPTHWISE",
    "3, 3, 3, 7, 2, 1, DEPTHWISE",
    "64, 64, 64, 1, 1, 1, DEPTHWISE",
    "32, 64, 32, 3, 1, 32, DIRECT",
    "32, 32, 16, 3, 1, 16, DIRECT",
    "32, 64, 2, 3, 1, 2, WINOGRAD",
    "1, 1, 1, 3, 1, 1, DIRECT",
  })
  void partsAreChosenByShape(
      int in, int out, int groups, int kernel, int stride, int expectedParts, String expected) {
    Params p = Params.of(stride, kernel / 2, 1, groups);
    Tensor weight = Tensors.zeros(out, in / groups, kernel, kernel);
    int parts = Convolutions.parts(p, weight);
    assertEquals(expectedParts, parts);
    int size = p.outH(32, kernel);
    Image y = new Image(0, 1, size, size, out, out).group(0, parts);
    var algorithm =
        Convolutions.Algorithm.of(
            Convolutions.ofPart(p, parts),
            Filter.of(weight, 0, parts),
            y,
            y,
            Convolutions.FORWARD_PIXELS);
    assertEquals(Convolutions.Algorithm.valueOf(expected), algorithm);
  }

  @Test
  void aConvolutionOfNoChannelsIsItsBias() {
    Tensor bias = Tensors.of(new float[] {1, -2, 3}, 3);
    Tensor y =
        Tensors.zeros(2, 0, 5, 5).conv2d(Tensors.zeros(3, 0, 3, 3), bias, Params.of(1, 1, 1, 1));
    assertEquals(-2, y.get(1, 1, 4, 4).item());
    assertEquals(2 * 25 * 2, y.sum().item());
  }
}
