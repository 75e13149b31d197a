package dev.manabi.kernels.cuda.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.PoolOp;
import org.junit.jupiter.api.Test;

/** What cuDNN is told of pooling, batch norm and softmax, and what it is not asked for. */
class CudnnProblemTest {
  private static final Ints IMAGES = Ints.of(0, 2, 3);

  private static PoolOp.Sliding window(int padding, int dilation, boolean countPadding) {
    return new PoolOp.Sliding(3, 2, 2, 1, padding, 0, dilation, 1, false, countPadding);
  }

  private static Tensor channelsLast(int... dims) {
    Shape shape = Shape.of(dims);
    return Tensors.zeros(dims).withLayout(Layout.channelsLast(shape));
  }

  @Test
  void linesAlongAnyAxisHaveThemAsChannels() {
    Tensor x = Tensors.zeros(2, 3, 4, 5);
    for (int axis = 0; axis < 4; axis++) {
      CudnnSoftmax softmax = CudnnSoftmax.of(axis, axis == 1, x, x);
      int[][] expected = {{1, 2, 60, 1}, {2, 3, 20, 1}, {6, 4, 5, 1}, {24, 5, 1, 1}};
      int[] e = expected[axis];
      CudnnTensor lines = CudnnTensor.contiguous(DType.F32, e[0], e[1], e[2], e[3]);
      assertEquals(new CudnnSoftmax(lines, axis == 1), softmax);
      assertEquals(Ints.of(e[1] * e[2], e[2], 1, 1), lines.strides());
    }
  }

  @Test
  void linesWithGapsAreNotAsked() {
    Tensor x = Tensors.zeros(4, 6);
    assertNull(CudnnSoftmax.of(1, false, x.transpose(0, 1), x));
    assertNull(CudnnSoftmax.of(1, false, Tensors.zeros(0, 6), Tensors.zeros(0, 6)));
  }

  @Test
  void averagesHaveTheirWindowsAndStrides() {
    Tensor x = channelsLast(2, 4, 7, 6);
    Tensor y = Tensors.zeros(2, 4, 4, 5);
    CudnnAverage average = CudnnAverage.of(window(1, 1, true), false, x, y);
    assertNotNull(average);
    assertEquals(Ints.of(2, 4, 7, 6), average.x().dims());
    assertEquals(Ints.of(168, 1, 24, 4), average.x().strides());
    assertEquals(Ints.of(80, 20, 5, 1), average.y().strides());
    assertEquals(1, average.mode());
    assertEquals(2, new CudnnAverage(average.x(), average.y(), window(1, 1, false), true).mode());
  }

  @Test
  void windowsOfOtherKindsAreNotAsked() {
    Tensor x = Tensors.zeros(2, 4, 8, 6);
    assertNull(CudnnAverage.of(new PoolOp.Adaptive(2, 2), false, x, Tensors.zeros(2, 4, 2, 2)));
    assertNull(CudnnAverage.of(window(1, 2, true), false, x, Tensors.zeros(2, 4, 3, 5)));
    // A last window that hangs over the edge.
    assertNull(CudnnAverage.of(window(1, 1, true), false, x, Tensors.zeros(2, 4, 5, 5)));
    Tensor whole = Tensors.zeros(DType.I32, 2, 4, 8, 6);
    assertNull(CudnnAverage.of(window(1, 1, true), false, whole, Tensors.zeros(2, 4, 4, 5)));
  }

  @Test
  void batchNormIsThatOfImagesAndOfFeatures() {
    Tensor x = channelsLast(2, 4, 3, 5);
    Tensor w = Tensors.zeros(1, 4, 1, 1);
    CudnnBatchNorm images = CudnnBatchNorm.forward(IMAGES, 1e-3, x, x, w, w, w, w);
    assertNotNull(images);
    assertEquals(1e-3, images.eps());
    assertEquals(Ints.of(60, 1, 20, 4), images.x().strides());
    Tensor rows = Tensors.zeros(6, 4);
    Tensor each = Tensors.zeros(1, 4);
    CudnnBatchNorm features = CudnnBatchNorm.gradient(Ints.of(0), rows, rows, rows, each, each);
    assertNotNull(features);
    assertEquals(Ints.of(6, 4, 1, 1), features.gradX().dims());
  }

  @Test
  void otherNormsAreNotAsked() {
    Tensor x = Tensors.zeros(2, 4, 3, 5);
    Tensor w = Tensors.zeros(1, 4, 1, 1);
    assertNull(CudnnBatchNorm.forward(Ints.of(1, 2, 3), 1e-5, x, x, w), "layer norm");
    assertNull(CudnnBatchNorm.forward(IMAGES, 1e-5, x, x, Tensors.zeros(1, 1, 1, 1)), "one weight");
    Tensor half = Tensors.zeros(DType.F16, 2, 4, 3, 5);
    assertNull(CudnnBatchNorm.forward(IMAGES, 1e-5, half, half, w), "weights of f16");
  }

  @Test
  void cudnnTakesTheDescriptors() {
    assumeTrue(CudaLibraries.dnn().isUsable(), CudaLibraries.dnn().problem());
    assertNotNull(Cudnn.describe(CudnnTensor.of(channelsLast(2, 4, 7, 6))));
  }
}
