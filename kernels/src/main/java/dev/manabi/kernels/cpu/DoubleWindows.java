package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.DoubleTile.COLUMNS;
import static dev.manabi.kernels.cpu.DoubleTile.PITCH;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    pack(first, count, from, depth, dst, PITCH);
  }

  @Override
  public void packColumns(int first, int count, int from, int depth, long to) {
    double[] panel = new double[depth * COLUMNS];
    pack(from, depth, first, count, panel, COLUMNS);
    MemorySegment.copy(panel, 0, Native.ALL, ValueLayout.JAVA_DOUBLE_UNALIGNED, to, panel.length);
  }

  /**
   * Columns {@code [from, from + n)} of windows {@code [first, first + count)}, window i to {@code
   * dst[i * pitch..]}.
   */
  private void pack(int first, int count, int from, int n, double[] dst, int pitch) {
    // Taps side by side in the image are one run of numbers.
    int together = columns.dilation == 1 ? columns.taps : 1;
    int length = together * channels;
    for (int j = from; j < from + n; ) {
      int tap = j / length * together;
      int skipped = j % length;
      int run = Math.min(length - skipped, from + n - j);
      packRun(first, count, tap, skipped, run, dst, j - from, pitch);
      j += run;
    }
  }

  /** Of each window {@code run} numbers, {@code skipped} numbers behind the start of a tap. */
  private void packRun(
      int first, int count, int tap, int skipped, int run, double[] dst, int to, int pitch) {
    int ow = first % columns.windows;
    int oh = first / columns.windows % rows.windows;
    long image = (long) (first / columns.windows / rows.windows) * height;
    int kh = tap / columns.taps;
    int kw = tap % columns.taps;
    int line = width * channels;
    for (int i = 0; i < count; i++) {
      int h = rows.at(oh, kh);
      int place = columns.at(ow, kw) * channels + skipped;
      int at = to + i * pitch;
      int begin = 0;
      int end = run;
      if (h < 0 || h >= height) {
        end = 0;
      } else if (place < 0 || place > line - run) {
        begin = Math.clamp(-place, 0, run);
        end = Math.clamp(line - place, begin, run);
      }
      long source = (image + h) * line + place + begin;
      Runs.copy(address + source * Double.BYTES, dst, at + begin, end - begin);
      if (end - begin < run) {
        Arrays.fill(dst, at, at + begin, 0);
        Arrays.fill(dst, at + end, at + run, 0);
      }
      if (++ow == columns.windows) {
        ow = 0;
        if (++oh == rows.windows) {
          oh = 0;
          image += height;
        }
      }
    }
  }
}
