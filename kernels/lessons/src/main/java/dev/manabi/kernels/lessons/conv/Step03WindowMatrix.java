package dev.manabi.kernels.lessons.conv;

import dev.manabi.kernels.lessons.gemm.GemmStep;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;

/**
 * Copies each window into a row of a matrix; then convolution is a product of matrices, {@code
 * [pixels, KH * KW * C] x [KH * KW * C, O]} (known as im2col; Chellapilla, Puri and Simard, "High
 * Performance Convolutional Neural Networks for Document Processing", 2006).
 *
 * <p>Faster, because all that the lessons on the matrix product bring, tiles in registers and
 * panels in caches, comes for free. The price is memory: each pixel is copied KH * KW times, and
 * the matrix of one image is larger than the inner caches.
 */
final class Step03WindowMatrix implements Convolution {
  @Override
  public void run(Layer layer) {
    Tensor weights = layer.weightMatrix();
    int pixels = layer.outHeight() * layer.outWidth();
    Tensor windows = Tensors.zeros(pixels, weights.size(0));
    for (int n = 0; n < layer.images(); n++) {
      copyWindows(layer, n, windows.address(), weights.size(0));
      Tensor image = layer.y().select(0, n).permute(1, 2, 0).reshape(pixels, layer.outputs());
      GemmStep.PACKED_PANELS.multiply(windows, weights, image);
    }
  }

  private static void copyWindows(Layer layer, int n, long to, int depth) {
    int rows = layer.kernelHeight();
    int columns = layer.kernelWidth();
    for (int oh = 0; oh < layer.outHeight(); oh++) {
      for (int ow = 0; ow < layer.outWidth(); ow++) {
        layer.copyWindow(n, layer.source(oh, 0), layer.source(ow, 0), rows, columns, to);
        to += (long) depth * Float.BYTES;
      }
    }
  }
}
