package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Vectors.COUNT;

import java.lang.invoke.MethodHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The loops of {@link DepthwiseConvolution} over a run of pixels: all channels of a few pixels,
 * then those of the next, so that memory is read nearly in order.
 *
 * @param channels of every pixel
 * @param width taps of a row of the kernel
 * @param weights address of a row of {@link #pitch} numbers for every tap
 * @param start address of the numbers with which sums begin, one for every channel
 */
record DepthwiseLoop(int channels, int width, long weights, long start) {
  /** Pixels that share the loads of their weights. */
  private static final int TOGETHER = 4;

  /** Taps whose products share the loads of the target. */
  private static final int ABREAST = 3;

  /** Pixels whose products are summed in registers. */
  static final int PIXELS = 8;

  /** Not final so that the loops are not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle four = KernelTemplate.entry(DepthwiseLoop.class, "fourPixels");

  private static MethodHandle one = KernelTemplate.entry(DepthwiseLoop.class, "onePixel");

  private static MethodHandle three = KernelTemplate.entry(DepthwiseLoop.class, "threeTaps");

  private static MethodHandle gradient = KernelTemplate.entry(DepthwiseLoop.class, "oneTap");

  DepthwiseLoop(int channels, int width) {
    this(channels, width, 0, 0);
  }

  DepthwiseLoop over(long weights, long start) {
    return new DepthwiseLoop(channels, width, weights, start);
  }

  /** Numbers from tap to tap: whole vectors. */
  int pitch() {
    return Math.ceilDiv(channels, COUNT) * COUNT;
  }

  long floats(int rows) {
    return (long) rows * pitch();
  }

  /** Address of a row of numbers. */
  long at(long rows, int row) {
    return rows + floats(row) * Float.BYTES;
  }

  /**
   * Writes the sums of a run of target pixels.
   *
   * @param x address of the first pixel that is read
   * @param row bytes from row to row of it
   * @param pixel bytes from pixel to pixel of it
   * @param y address of the first pixel that is written
   */
  void sums(TapRun down, TapRun along, long x, long row, long pixel, long y, long yPixel) {
    long xStep = along.sourceStep() * pixel;
    long yStep = along.targetStep() * yPixel;
    int n = along.count();
    int whole = n - n % TOGETHER;
    Taps taps = taps(down, along, row, pixel);
    try {
      four.invokeExact(this, taps, x, xStep, y, yStep, whole);
      one.invokeExact(this, taps, x + whole * xStep, xStep, y + whole * yStep, yStep, n - whole);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  /**
   * The taps that a run of pixels reaches: addresses of weights, and steps of weights and of the
   * pixels that they meet, in bytes.
   */
  record Taps(
      int rows, int columns, long weight, long wDown, long wAlong, long xDown, long xAlong) {}

  private Taps taps(TapRun down, TapRun along, long row, long pixel) {
    return new Taps(
        down.taps(),
        along.taps(),
        at(weights, down.tap() * width + along.tap()),
        floats(down.tapStep() * width) * Float.BYTES,
        floats(along.tapStep()) * Float.BYTES,
        down.tapMove() * row,
        along.tapMove() * pixel);
  }

  void fourPixels(Taps taps, long x, long xStep, long y, long yStep, int pixels) {
    long xAlong = taps.xAlong;
    long wAlong = taps.wAlong;
    int columns = taps.columns;
    for (int p = 0; p < pixels; p += TOGETHER) {
      for (int c = 0; c < channels; c += COUNT) {
        VectorMask<Float> lanes = Vectors.first(Math.min(COUNT, channels - c));
        long offset = (long) c * Float.BYTES;
        FloatVector s0 = Vectors.load(start + offset);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int i = 0; i < taps.rows; i++) {
          long at = x + p * xStep + i * taps.xDown + offset;
          long weight = taps.weight + i * taps.wDown + offset;
          for (int j = 0; j < columns; j++, at += xAlong, weight += wAlong) {
            FloatVector w = Vectors.load(weight);
            s0 = w.fma(Vectors.load(at, lanes), s0);
            s1 = w.fma(Vectors.load(at + xStep, lanes), s1);
            s2 = w.fma(Vectors.load(at + 2 * xStep, lanes), s2);
            s3 = w.fma(Vectors.load(at + 3 * xStep, lanes), s3);
          }
        }
        long to = y + p * yStep + offset;
        Vectors.store(s0, to, lanes);
        Vectors.store(s1, to + yStep, lanes);
        Vectors.store(s2, to + 2 * yStep, lanes);
        Vectors.store(s3, to + 3 * yStep, lanes);
      }
    }
  }

  void onePixel(Taps taps, long x, long xStep, long y, long yStep, int pixels) {
    for (int p = 0; p < pixels; p++) {
      for (int c = 0; c < channels; c += COUNT) {
        VectorMask<Float> lanes = Vectors.first(Math.min(COUNT, channels - c));
        long offset = (long) c * Float.BYTES;
        FloatVector sum = Vectors.load(start + offset);
        for (int i = 0; i < taps.rows; i++) {
          long at = x + p * xStep + i * taps.xDown + offset;
          long weight = taps.weight + i * taps.wDown + offset;
          for (int j = 0; j < taps.columns; j++, at += taps.xAlong, weight += taps.wAlong) {
            sum = Vectors.load(weight).fma(Vectors.load(at, lanes), sum);
          }
        }
        Vectors.store(sum, y + p * yStep + offset, lanes);
      }
    }
  }

  /**
   * Adds to the weights of every tap the products of what it meets with the numbers of the target.
   *
   * @param x as for {@link #sums}
   * @param g address of the target's first pixel
   */
  void products(TapRun down, TapRun along, long x, long row, long pixel, long g, long gPixel) {
    Taps taps = taps(down, along, row, pixel);
    long xStep = along.sourceStep() * pixel;
    long gStep = along.targetStep() * gPixel;
    int whole = taps.columns - taps.columns % ABREAST;
    try {
      for (int i = 0; i < taps.rows; i++) {
        long at = x + i * taps.xDown;
        long to = taps.weight + i * taps.wDown;
        for (int j = 0; j < whole; j += ABREAST) {
          long x0 = at + j * taps.xAlong;
          long to0 = to + j * taps.wAlong;
          three.invokeExact(this, taps, x0, xStep, g, gStep, to0, along.count());
        }
        for (int j = whole; j < taps.columns; j++) {
          long x0 = at + j * taps.xAlong;
          gradient.invokeExact(this, x0, xStep, g, gStep, to + j * taps.wAlong, along.count());
        }
      }
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  void threeTaps(Taps taps, long x, long xStep, long g, long gStep, long sums, int pixels) {
    long xAlong = taps.xAlong;
    for (int c = 0; c < channels; c += COUNT) {
      VectorMask<Float> lanes = Vectors.first(Math.min(COUNT, channels - c));
      long offset = (long) c * Float.BYTES;
      long to = sums + offset;
      long at = x + offset;
      long of = g + offset;
      FloatVector s0 = Vectors.load(to);
      FloatVector s1 = Vectors.load(to + taps.wAlong);
      FloatVector s2 = Vectors.load(to + 2 * taps.wAlong);
      for (int p = 0; p < pixels; p++, at += xStep, of += gStep) {
        FloatVector v = Vectors.load(of, lanes);
        s0 = Vectors.load(at, lanes).fma(v, s0);
        s1 = Vectors.load(at + xAlong, lanes).fma(v, s1);
        s2 = Vectors.load(at + 2 * xAlong, lanes).fma(v, s2);
      }
      Vectors.store(s0, to);
      Vectors.store(s1, to + taps.wAlong);
      Vectors.store(s2, to + 2 * taps.wAlong);
    }
  }

  void oneTap(long x, long xStep, long g, long gStep, long sums, int pixels) {
    for (int c = 0; c < channels; c += COUNT) {
      VectorMask<Float> lanes = Vectors.first(Math.min(COUNT, channels - c));
      long offset = (long) c * Float.BYTES;
      long at = x + offset;
      long of = g + offset;
      FloatVector sum = Vectors.load(sums + offset);
      for (int p = 0; p < pixels; p++, at += xStep, of += gStep) {
        sum = Vectors.load(at, lanes).fma(Vectors.load(of, lanes), sum);
      }
      Vectors.store(sum, sums + offset);
    }
  }
}
