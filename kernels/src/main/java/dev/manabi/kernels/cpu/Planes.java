package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;

/**
 * Images as pooling and resampling see them: planes of pixels, a pixel being one or more numbers
 * that lie side by side. Channels-last images are N planes with a pixel of C numbers, row-major
 * ones N * C planes with a pixel of one.
 */
record Planes(long address, long count, int height, int width, int channels, int bytes) {

  /** Whether a tensor is better seen as planes of C-number pixels: for all operands of an op. */
  static boolean channelsLast(Tensor x) {
    return x.layout().isChannelsLast() && !x.layout().isContiguous();
  }

  /** {@code x}, copied if it lies otherwise. */
  static Planes of(Tensor x, boolean channelsLast, Operands operands) {
    return planes(operands.as(x, layout(channelsLast, x)), channelsLast);
  }

  /** {@code y}, or a stand-in if it lies otherwise. */
  static Planes target(Tensor y, boolean channelsLast, Operands operands) {
    return planes(operands.target(y, layout(channelsLast, y)), channelsLast);
  }

  private static Layout layout(boolean channelsLast, Tensor t) {
    return channelsLast ? Layout.channelsLast(t.shape()) : Layout.contiguous(t.shape());
  }

  private static Planes planes(Tensor t, boolean channelsLast) {
    long count = channelsLast ? t.size(0) : (long) t.size(0) * t.size(1);
    int channels = channelsLast ? t.size(1) : 1;
    return new Planes(t.address(), count, t.size(2), t.size(3), channels, t.dtype().bytes());
  }

  /** Address of a pixel. */
  long at(long plane, int h, int w) {
    return at(plane, (long) h * width + w);
  }

  /** Address of a pixel by its number in the plane. */
  long at(long plane, long pixel) {
    return address + (plane * height * width + pixel) * pixelBytes();
  }

  /** Bytes from pixel to pixel. */
  long pixelBytes() {
    return (long) channels * bytes;
  }

  /** Number of pixels in a plane. */
  long pixels() {
    return (long) height * width;
  }

  /** Work on one row of pixels. */
  @FunctionalInterface
  interface RowBody {
    void run(long plane, int row);
  }

  /**
   * Runs {@code body} for every row of every plane, on several threads.
   *
   * @param reads how many numbers are read for each that is written, about
   */
  void forRows(long reads, RowBody body) {
    long work = Math.max(1, reads * width * channels);
    Parallel.forRange(
        count * height,
        Math.max(1, Reduction.BLOCK / work),
        (from, to) -> {
          for (long i = from; i < to; i++) {
            body.run(i / height, (int) (i % height));
          }
        });
  }

  /** Work on channels {@code [from, from + n)} of one plane. */
  @FunctionalInterface
  interface PlaneBody {
    void run(long plane, int from, int n);
  }

  /** Channels that one call of a {@link PlaneBody} works on. */
  private static final int BLOCK_CHANNELS = 128;

  /**
   * Runs {@code body} for every plane, a block of channels at a time, on several threads: for
   * kernels that write a plane in no order.
   */
  void forPlanes(PlaneBody body) {
    int blocks = Math.ceilDiv(channels, BLOCK_CHANNELS);
    long work = Math.max(1, pixels() * Math.min(channels, BLOCK_CHANNELS));
    Parallel.forRange(
        count * blocks,
        Math.max(1, Reduction.BLOCK / work),
        (from, to) -> {
          for (long i = from; i < to; i++) {
            int first = (int) (i % blocks) * BLOCK_CHANNELS;
            body.run(i / blocks, first, Math.min(BLOCK_CHANNELS, channels - first));
          }
        });
  }

  /** Writes zeros to channels {@code [from, from + n)} of a plane. */
  void clear(long plane, int from, int n) {
    if (n == channels) {
      Moves.fill(bytes, 0, at(plane, 0), pixels() * channels);
      return;
    }
    for (long pixel = 0; pixel < pixels(); pixel++) {
      Moves.fill(bytes, 0, at(plane, pixel) + (long) from * bytes, n);
    }
  }
}
