package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.DoubleTile.COLUMNS;
import static dev.manabi.kernels.cpu.DoubleTile.COLUMN_BYTES;
import static dev.manabi.kernels.cpu.DoubleTile.PITCH;

import java.util.Arrays;

/**
 * The windows of a convolution as a matrix that is never stored (an implicit im2col, Chetlur et al.
 * 2014): row {@code (n * OH + oh) * OW + ow} holds what the window at output (n, oh, ow) sees, tap
 * by tap, column {@code (kh * KW + kw) * C + c}; zeros where a tap lies outside the image.
 *
 * @param address of f64 images in gapless channels-last memory
 * @param height H of an image
 * @param width W of an image
 * @param channels C of an image
 */
record DoubleWindows(long address, int height, int width, int channels, Axis rows, Axis columns)
    implements DoubleSource {

  /**
   * Where windows lie along one axis of the image: tap {@code k} of window {@code o} at {@code o *
   * stride + start + k * dilation}.
   *
   * @param windows how many there are
   * @param taps of each window
   * @param dilation may be negative
   */
  record Axis(int windows, int taps, int stride, int start, int dilation) {
    int at(int window, int tap) {
      return window * stride + start + tap * dilation;
    }
  }

  @Override
  public void packRows(int first, int count, int from, int depth, double[] dst) {
    for (int i = 0; i < count; i++) {
      pack(first + i, from, depth, dst, i * PITCH);
    }
  }

  @Override
  public void packColumns(int first, int count, int from, int depth, long to) {
    double[] row = new double[COLUMNS];
    for (int k = 0; k < depth; k++) {
      pack(from + k, first, count, row, 0);
      for (int j = 0; j < COLUMNS; j++) {
        Native.putDouble(to + k * COLUMN_BYTES + (long) j * Double.BYTES, row[j]);
      }
    }
  }

  /** Columns {@code [from, from + n)} of one window to {@code dst[to..]}. */
  private void pack(int window, int from, int n, double[] dst, int to) {
    int ow = window % columns.windows;
    int oh = window / columns.windows % rows.windows;
    long image = (long) (window / columns.windows / rows.windows) * height;
    // Taps side by side in the image are one run of numbers.
    boolean adjacent = columns.dilation == 1;
    int length = adjacent ? columns.taps * channels : channels;
    for (int j = from; j < from + n; ) {
      int tap = j / length * (adjacent ? columns.taps : 1);
      int skipped = j % length;
      int run = Math.min(length - skipped, from + n - j);
      int h = rows.at(oh, tap / columns.taps);
      int place = columns.at(ow, tap % columns.taps) * channels + skipped;
      boolean inside = h >= 0 && h < height;
      int begin = inside ? Math.clamp(-place, 0, run) : run;
      int end = inside ? Math.clamp(width * channels - place, begin, run) : run;
      int at = to + j - from;
      Arrays.fill(dst, at, at + begin, 0);
      long source = (image + h) * width * channels + place + begin;
      Runs.copy(address + source * Double.BYTES, dst, at + begin, end - begin);
      Arrays.fill(dst, at + end, at + run, 0);
      j += run;
    }
  }
}
