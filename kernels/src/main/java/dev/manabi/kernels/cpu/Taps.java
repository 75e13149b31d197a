package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.A_STRIDE;
import static dev.manabi.kernels.cpu.Tiles.COLUMNS;

import java.util.Arrays;

/**
 * What a kernel sees of an image, as a matrix that is never spelled out (implicit im2col;
 * Chellapilla et al. 2006): row {@code (n * PH + ph) * PW + pw} is a place of the kernel, column
 * {@code (kh * KW + kw) * C + c} a position inside it. Element: {@code image[n, c, h, w]} with
 * {@code h = (ph * placeStep + kh * tapStep + offset) / divisor}, or 0 where h or w is outside the
 * image or not whole.
 *
 * <p>A convolution places kernels {@code stride} apart and its taps {@code dilation} apart. The
 * gradient of its input is the same matrix over the gradient of its output: taps then run
 * backwards, and the stride divides.
 */
final class Taps implements RowSource, ColumnSource {
  /**
   * One direction of the geometry.
   *
   * @param size of the image
   * @param places how many places the kernel takes
   * @param kernel its size
   */
  record Axis(
      int size, int places, int kernel, int placeStep, int tapStep, int offset, int divisor) {
    /** The index into the image, or -1. */
    int index(int place, int tap) {
      int scaled = place * placeStep + tap * tapStep + offset;
      if (divisor > 1) {
        if (scaled < 0 || scaled % divisor != 0) {
          return -1;
        }
        scaled /= divisor;
      }
      return scaled < size ? Math.max(-1, scaled) : -1;
    }
  }

  private final long address;
  private final int channels;
  private final long strideN;
  private final long strideC;
  private final long strideH;
  private final long strideW;
  private final Axis vertical;
  private final Axis horizontal;
  // Neighbouring taps of one row are neighbours in memory: a run may cross from one to the next.
  private final boolean runsOn;

  /** Over an image of {@code channels} channels with the strides {@code N, C, H, W} in elements. */
  Taps(long address, int channels, long[] strides, Axis vertical, Axis horizontal) {
    this.address = address;
    this.channels = channels;
    this.vertical = vertical;
    this.horizontal = horizontal;
    strideN = strides[0];
    strideC = strides[1];
    strideH = strides[2];
    strideW = strides[3];
    boolean adjacent = strideC == 1 || channels == 1;
    runsOn = adjacent && strideW == channels && horizontal.tapStep == 1 && horizontal.divisor == 1;
  }

  @Override
  public void packRows(int first, int count, int from, int depth, float[] dst, int at) {
    for (int i = 0; i < count; i++) {
      copy(first + i, from, depth, dst, at + i * A_STRIDE);
    }
  }

  /** As a right operand the matrix is turned over: its columns are the positions in the kernel. */
  @Override
  public void packColumns(int first, int count, int from, int depth, float[] dst, int at) {
    for (int k = 0; k < depth; k++) {
      copy(from + k, first, count, dst, at + k * COLUMNS);
    }
    Panels.clearTail(dst, at, count, depth);
  }

  /** {@code count} elements of one row, from column {@code from} on. */
  private void copy(int row, int from, int count, float[] dst, int at) {
    int pw = row % horizontal.places;
    int rest = row / horizontal.places;
    int ph = rest % vertical.places;
    long image = address + rest / vertical.places * strideN * Float.BYTES;
    int channel = from % channels;
    int tap = from / channels;
    int kw = tap % horizontal.kernel;
    int kh = tap / horizontal.kernel;
    int end = at + count;
    while (at < end) {
      int h = vertical.index(ph, kh);
      int w = horizontal.index(pw, kw);
      int taps = h >= 0 && w >= 0 ? tapsInOneRun(w, kw) : 1;
      int run = Math.min(end - at, taps * channels - channel);
      if (h < 0 || w < 0) {
        Arrays.fill(dst, at, at + run, 0f);
      } else {
        copyRun(
            image + (h * strideH + w * strideW + channel * strideC) * Float.BYTES, dst, at, run);
      }
      at += run;
      channel = 0;
      kw += taps;
      if (kw == horizontal.kernel) {
        kw = 0;
        kh++;
      }
    }
  }

  private int tapsInOneRun(int w, int kw) {
    return runsOn ? Math.min(horizontal.kernel - kw, horizontal.size - w) : 1;
  }

  private void copyRun(long from, float[] dst, int at, int n) {
    if (strideC == 1 || runsOn) {
      Panels.copyRun(from, dst, at, n);
    } else {
      Panels.copyStrided(from, strideC * Float.BYTES, dst, at, 1, n);
    }
  }
}
