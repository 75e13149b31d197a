package dev.manabi.kernels.reference;

import static dev.manabi.kernels.reference.Reference.assertValues;
import static dev.manabi.kernels.reference.Reference.f32;
import static dev.manabi.kernels.reference.Reference.i64;
import static dev.manabi.kernels.reference.Reference.run;
import static dev.manabi.kernels.reference.Reference.runAll;
import static dev.manabi.kernels.reference.Reference.shape;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp;
import org.junit.jupiter.api.Test;

class PoolingTest {
  private static final double NAN = Double.NaN;
  private static final Tensor X =
      f32(shape(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
  private static final Tensor ROW = f32(shape(1, 1, 1, 5), 1, 2, 3, 4, 5);

  private static PoolOp.Sliding window(int kernel, int stride, int padding) {
    return new PoolOp.Sliding(kernel, kernel, stride, stride, padding, padding, 1, 1, false, false);
  }

  private static PoolOp.Sliding columns(
      int kernel, int stride, int padding, boolean ceil, boolean countPadding) {
    return new PoolOp.Sliding(1, kernel, 1, stride, 0, padding, 1, 1, ceil, countPadding);
  }

  @Test
  void maxPoolYieldsValuesAndPlanePositions() {
    Tensor[] y = runAll(new PoolOp.MaxPool2d(window(2, 2, 0)), X);
    assertValues(y[0], 6, 8, 14, 16);
    assertValues(y[1], 5, 7, 13, 15);
  }

  @Test
  void maxPoolNeverPicksPaddingAndTakesTheFirstOfEquals() {
    Tensor negative = f32(shape(1, 1, 2, 2), -3, -3, -3, NAN);
    Tensor[] y = runAll(new PoolOp.MaxPool2d(window(2, 1, 1)), negative);
    assertValues(y[0], -3, -3, -3, -3, NAN, NAN, -3, NAN, NAN);
    assertValues(y[1], 0, 0, 1, 0, 3, 3, 2, 3, 3);
  }

  @Test
  void dilatedWindows() {
    PoolOp.Window window = new PoolOp.Sliding(2, 2, 1, 1, 0, 0, 2, 3, false, false);
    assertValues(runAll(new PoolOp.MaxPool2d(window), X)[0], 12, 16);
  }

  @Test
  void avgPoolCountsPaddingOnlyIfAsked() {
    assertValues(run(new PoolOp.AvgPool2d(columns(3, 2, 1, false, true)), ROW), 1, 3, 3);
    assertValues(run(new PoolOp.AvgPool2d(columns(3, 2, 1, false, false)), ROW), 1.5, 3, 4.5);
  }

  @Test
  void ceilModeLetsTheLastWindowHangOverWithoutCountingWhatIsBeyondThePadding() {
    assertValues(run(new PoolOp.AvgPool2d(columns(2, 2, 0, true, true)), ROW), 1.5, 3.5, 5);
    assertValues(run(new PoolOp.AvgPool2d(columns(2, 2, 0, false, true)), ROW), 1.5, 3.5);
  }

  @Test
  void adaptiveWindowsSplitUnevenly() {
    assertValues(run(new PoolOp.AvgPool2d(new PoolOp.Adaptive(1, 3)), ROW), 1.5, 3, 4.5);
    assertValues(runAll(new PoolOp.MaxPool2d(new PoolOp.Adaptive(1, 2)), ROW)[1], 2, 4);
  }

  @Test
  void avgPoolGradSharesOut() {
    PoolOp.Window window = columns(3, 2, 1, false, false);
    Tensor g = f32(shape(1, 1, 1, 3), 2, 3, 4);
    assertValues(run(new PoolOp.AvgPool2dGrad(window, 1, 5), g), 1, 2, 1, 3, 2);
  }

  @Test
  void planeScatterAddsUpAndPlaneGatherReads() {
    Tensor index = i64(shape(1, 1, 1, 3), 3, 0, 3);
    Tensor g = f32(shape(1, 1, 1, 3), 1, 2, 4);
    assertValues(run(new PoolOp.PlaneScatter(2, 2), g, index), 2, 0, 0, 5);
    assertValues(run(new PoolOp.PlaneGather(), X, index), 4, 1, 4);
    Tensor outside = i64(shape(1, 1, 1, 1), 16);
    assertThrows(IndexOutOfBoundsException.class, () -> run(new PoolOp.PlaneGather(), X, outside));
  }

  @Test
  void nearestRepeatsPixels() {
    PoolOp up = new PoolOp.Interpolate(PoolOp.Mode.NEAREST, 2, 4, false);
    assertValues(run(up, f32(shape(1, 1, 1, 2), 7, 9)), 7, 7, 9, 9, 7, 7, 9, 9);
    PoolOp down = new PoolOp.Interpolate(PoolOp.Mode.NEAREST, 1, 2, false);
    assertValues(run(down, ROW), 1, 3);
    PoolOp grad = new PoolOp.InterpolateGrad(PoolOp.Mode.NEAREST, 1, 5, false);
    assertValues(run(grad, f32(shape(1, 1, 1, 2), 7, 9)), 7, 0, 9, 0, 0);
  }

  @Test
  void bilinearBlendsBetweenPixelCentres() {
    Tensor x = f32(shape(1, 1, 1, 2), 0, 4);
    PoolOp halfPixel = new PoolOp.Interpolate(PoolOp.Mode.BILINEAR, 1, 4, false);
    assertValues(run(halfPixel, x), 0, 1, 3, 4);
    PoolOp corners = new PoolOp.Interpolate(PoolOp.Mode.BILINEAR, 1, 5, true);
    assertValues(run(corners, x), 0, 1, 2, 3, 4);
    PoolOp grad = new PoolOp.InterpolateGrad(PoolOp.Mode.BILINEAR, 1, 2, true);
    assertValues(run(grad, f32(shape(1, 1, 1, 5), 1, 1, 1, 1, 1)), 2.5, 2.5);
  }

  @Test
  void bilinearOfAPlaneIsTheProductOfBothDirections() {
    Tensor x = f32(shape(1, 1, 2, 2), 0, 1, 2, 3);
    PoolOp corners = new PoolOp.Interpolate(PoolOp.Mode.BILINEAR, 3, 3, true);
    assertValues(run(corners, x), 0, 0.5, 1, 1, 1.5, 2, 2, 2.5, 3);
  }
}
