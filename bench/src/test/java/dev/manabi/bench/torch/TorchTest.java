package dev.manabi.bench.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** libtorch runs in this JVM, and the bridge to it carries values, strides and gradients. */
class TorchTest {
  private PointerScope scope;

  @BeforeAll
  static void start() {
    assumeTrue(Torch.isAvailable(), "libtorch's libraries are here for x86-64 Linux only");
    Torch.start(2);
  }

  @BeforeEach
  void openScope() {
    scope = new PointerScope();
  }

  @AfterEach
  void freeTensors() {
    scope.close();
  }

  @Test
  void valuesSurviveTheWayThereAndBackInEveryDtype() {
    float[] floats = {1.5f, -0f, Float.NaN, Float.POSITIVE_INFINITY, 3e-39f, 7};
    double[] doubles = {Math.PI, -1e300, 0, 4};
    long[] longs = {Long.MAX_VALUE, -1, 0};

    assertArrayEquals(floats, Torch.floats(Torch.of(floats, 2, 3)));
    assertArrayEquals(doubles, Torch.doubles(Torch.of(doubles, 4)));
    assertArrayEquals(longs, Torch.longs(Torch.of(longs, 3, 1)));
    assertArrayEquals(new long[] {2, 3}, Torch.shape(Torch.of(floats, 2, 3)));
    assertArrayEquals(new float[] {7}, Torch.floats(Torch.of(new float[] {7})), "a scalar");
    assertArrayEquals(new float[0], Torch.floats(Torch.of(new float[0], 2, 0, 3)), "no elements");
  }

  @Test
  void narrowerDtypesAreReachedByConversion() {
    Tensor bf16 = Torch.of(new float[] {1 + 1 / 256f, 3}, 2).to(ScalarType.BFloat16);

    assertEquals(ScalarType.BFloat16, bf16.scalar_type().intern());
    assertArrayEquals(new float[] {1, 3}, Torch.floats(bf16), "8 bits of mantissa, ties to even");
  }

  @Test
  void stridesAndOffsetSelectTheSameElementsAsHere() {
    float[] storage = new float[26];
    for (int i = 0; i < storage.length; i++) {
      storage[i] = i;
    }
    long[] shape = {2, 3, 2};
    long[] strides = {3, 0, 17};

    Tensor view = Torch.of(storage, shape, strides, 5);

    var expected = new float[12];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = storage[5 + 3 * (i / 6) + 17 * (i % 2)];
    }
    assertArrayEquals(expected, Torch.floats(view));
  }

  @Test
  void convolutionAgreesWithASumByHand() {
    float[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    float[] kernel = {1, 10, 100, 1000};
    Tensor input = Torch.of(image, 1, 1, 3, 3);
    Tensor weight = Torch.of(kernel, 1, 1, 2, 2);

    Tensor output =
        torch.conv2d(
            input,
            weight,
            new TensorOptional(Torch.of(new float[] {0.5f}, 1)),
            new long[] {2, 1},
            new long[] {1, 0},
            new long[] {1, 1},
            1);

    assertArrayEquals(new long[] {1, 1, 2, 2}, Torch.shape(output));
    assertArrayEquals(
        new float[] {
          1 * 100 + 2 * 1000 + 0.5f,
          2 * 100 + 3 * 1000 + 0.5f,
          4 + 5 * 10 + 7 * 100 + 8 * 1000 + 0.5f,
          5 + 6 * 10 + 8 * 100 + 9 * 1000 + 0.5f
        },
        Torch.floats(output));
  }

  @Test
  void autogradReachesALeafThroughAView() {
    Tensor x = Torch.of(new double[] {1, 2, 3, 4}, 2, 2).requires_grad_(true);
    Tensor w = Torch.of(new double[] {5, 7}, 2, 1).requires_grad_(true);

    torch.matmul(x.t(), w).square().sum().backward();

    // y = x^T w = (26, 38); d sum(y^2) / dw = x (2 y), d / dx = w (2 y)^T.
    assertArrayEquals(new double[] {2 * (26 + 76), 2 * (78 + 152)}, Torch.doubles(w.grad()));
    assertArrayEquals(new double[] {5 * 52, 5 * 76, 7 * 52, 7 * 76}, Torch.doubles(x.grad()));
  }

  @Test
  void theSecondDerivativeIsAGradientOfAGradient() {
    Tensor x = Torch.of(new double[] {2}, 1).requires_grad_(true);
    Tensor cube = x.mul(x).mul(x);
    Tensor one = Torch.of(new double[] {1}, 1);

    Tensor first = Torch.grad(cube, one, true, x).getFirst();
    Tensor second = Torch.grad(first, one, false, x).getFirst();

    assertArrayEquals(new double[] {12}, Torch.doubles(first));
    assertArrayEquals(new double[] {12}, Torch.doubles(second));
  }

  @Test
  void matrixProductsRunInMkl() throws IOException {
    float[] ones = new float[64 * 64];
    Arrays.fill(ones, 1);

    Tensor product = torch.mm(Torch.of(ones, 64, 64), Torch.of(ones, 64, 64));

    float[] expected = new float[64 * 64];
    Arrays.fill(expected, 64);
    assertArrayEquals(expected, Torch.floats(product));
    // MKL opens the code for this CPU at the first product that it computes.
    String maps = Files.readString(Path.of("/proc/self/maps"));
    assertTrue(maps.contains("libmkl_gnu_thread"), "libtorch's BLAS is not MKL on GNU threads");
  }
}
