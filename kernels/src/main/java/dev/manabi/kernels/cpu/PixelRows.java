package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.A_STRIDE;

import dev.manabi.tensor.Tensor;

/**
 * An image as the matrix {@code [channels, pixels]}: row i is a channel, column k the pixel {@code
 * (n * H + h) * W + w}.
 */
final class PixelRows implements RowSource {
  private final long address;
  private final long[] strides;
  private final int height;
  private final int width;

  /** The channels of {@code image} from {@code address} on. */
  PixelRows(long address, Tensor image) {
    this.address = address;
    strides = image.layout().strides();
    height = image.size(2);
    width = image.size(3);
  }

  @Override
  public void packRows(int first, int count, int from, int depth, float[] dst, int at) {
    int k = 0;
    while (k < depth) {
      int pixel = from + k;
      int w = pixel % width;
      int row = pixel / width;
      int run = Math.min(depth - k, width - w);
      long offset = row / height * strides[0] + row % height * strides[2] + w * strides[3];
      long p = address + (offset + first * strides[1]) * Float.BYTES;
      copy(p, count, run, dst, at + k);
      k += run;
    }
  }

  /** {@code run} pixels of one image row: pixel by pixel if their channels are adjacent. */
  private void copy(long p, int count, int run, float[] dst, int at) {
    if (strides[1] == 1) {
      Panels.transpose(p, strides[3] * Float.BYTES, run, count, dst, at, A_STRIDE);
      return;
    }
    for (int i = 0; i < count; i++) {
      long channel = p + i * strides[1] * Float.BYTES;
      Panels.copyStrided(channel, strides[3] * Float.BYTES, dst, at + i * A_STRIDE, 1, run);
    }
  }
}
