package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.BYTES;
import static dev.manabi.kernels.cpu.Simd.COUNT;

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.VectorMask;

/**
 * Rows of an image, copied so that what a vector of channels reads lies together: for each such
 * vector a strip of rows, in a row one vector for each pixel. There are zeros where a kernel meets
 * padding, and for channels that fill the last vector.
 *
 * @param x the image
 * @param address of the strips
 * @param count rows of outputs that a strip has the input of
 */
record ChannelStrips(Image x, Axis rows, Axis columns, long address, int count) {
  /** The most bytes of all strips, in the L2 cache. */
  private static final long ALL_BYTES = 3 << 17;

  /** Not final so that the loop is not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle move = KernelTemplate.entry(ChannelStrips.class, "run");

  /**
   * Neighbouring outputs that meet the same taps.
   *
   * @param output the first
   * @param tap the first
   * @param source the element of the input that the first tap meets in the first window
   */
  record Windows(int output, int count, int tap, int taps, int source) {}

  /**
   * One axis of a convolution.
   *
   * @param outputs how many there are
   * @param taps of the kernel
   * @param stride from output to output
   * @param dilation from tap to tap
   * @param lead where the input begins, seen from the first output
   * @param size elements of the input
   */
  record Axis(int outputs, int taps, int stride, int dilation, int lead, int size) {

    /** What a kernel meets from its first tap to its last. */
    int span() {
      return dilation * (taps - 1) + 1;
    }

    /** What {@code n} outputs meet. */
    int length(int n) {
      return (n - 1) * stride + span();
    }

    /** The element of the input at a position, or -1 for a zero. */
    int source(int position) {
      int i = position - lead;
      return i >= 0 && i < size ? i : -1;
    }

    /** All outputs, those together that meet the same taps. */
    List<Windows> windows() {
      List<Windows> all = new ArrayList<>();
      for (int i = 0; i < outputs; i++) {
        Windows next = window(i);
        Windows last = all.isEmpty() ? next : all.getLast();
        if (i > 0 && last.tap == next.tap && last.taps == next.taps) {
          all.set(
              all.size() - 1,
              new Windows(last.output, last.count + 1, last.tap, last.taps, last.source));
        } else {
          all.add(next);
        }
      }
      return all;
    }

    /** One output. */
    Windows window(int output) {
      int first = output * stride - lead;
      int tap = Math.clamp(Math.ceilDiv(-first, dilation), 0, taps);
      int end = Math.clamp(Math.ceilDiv(size - first, dilation), tap, taps);
      return new Windows(output, 1, tap, end - tap, tap < end ? first + tap * dilation : 0);
    }

    /** The first element of the input that any output meets. */
    private int first() {
      return Math.max(0, -lead);
    }

    /** Where that is. */
    private int firstPosition() {
      return lead + first();
    }

    /** How many elements all outputs meet. */
    private int sources() {
      return Math.clamp(length(outputs) - firstPosition(), 0, Math.max(0, size - first()));
    }
  }

  /**
   * How many rows of outputs to compute at a time: few enough for the caches, enough not to copy
   * the rows that the next ones need too all too often.
   */
  static int outputRows(Axis rows, Axis columns, int channels) {
    long row = (long) columns.length(columns.outputs) * BYTES;
    long vectors = Math.ceilDiv(channels, COUNT);
    long most = (ALL_BYTES / (row * vectors) - rows.span()) / rows.stride + 1;
    int some = Math.clamp(most, 1, rows.outputs);
    return Math.ceilDiv(rows.outputs, Math.ceilDiv(rows.outputs, some));
  }

  /** This thread's strips, all zeros, with room for {@code count} rows of outputs. */
  static ChannelStrips of(Image x, Axis rows, Axis columns, int count) {
    ChannelStrips empty = new ChannelStrips(x, rows, columns, 0, count);
    long bytes = empty.stripBytes() * empty.vectors();
    long address = Workspace.get().floats(Workspace.Use.ROWS, bytes / Float.BYTES);
    Runs.clear(address, bytes / Float.BYTES);
    return new ChannelStrips(x, rows, columns, address, count);
  }

  /** Strips. */
  int vectors() {
    return Math.ceilDiv(x.channels(), COUNT);
  }

  /** Bytes from row to row of a strip. */
  long rowBytes() {
    return (long) columns.length(columns.outputs) * BYTES;
  }

  private long stripBytes() {
    return rows.length(count) * rowBytes();
  }

  /** Address of what the {@code row}-th row of outputs meets first. */
  long at(int vector, int row) {
    return address + vector * stripBytes() + row * rows.stride * rowBytes();
  }

  /** Copies what {@code n} rows of outputs of an image meet, from row {@code first} on. */
  void fill(int image, int first, int n) {
    long left = columns.firstPosition() * (long) BYTES;
    for (int r = 0; r < rows.length(n); r++) {
      int source = rows.source(first * rows.stride + r);
      long row = address + r * rowBytes();
      if (source < 0) {
        for (int v = 0; v < vectors(); v++) {
          Runs.clear(row + v * stripBytes(), rowBytes() / Float.BYTES);
        }
      } else {
        copy(x.at(image, source, columns.first()), row + left);
      }
    }
  }

  private void copy(long from, long to) {
    int lanes = Math.min(COUNT, x.channels());
    for (int v = 0; v < vectors(); v++) {
      long first = Math.min(v * COUNT, x.channels() - lanes);
      long at = from + first * Float.BYTES;
      move(at, x.pixelBytes(), to + v * stripBytes(), BYTES, columns.sources(), lanes);
    }
  }

  /** Copies the first lanes of {@code n} vectors. */
  static void move(long from, long fromStep, long to, long toStep, int n, int lanes) {
    try {
      move.invokeExact(from, fromStep, to, toStep, n, lanes);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  static void run(long from, long fromStep, long to, long toStep, int n, int lanes) {
    VectorMask<Float> mask = Simd.first(lanes);
    for (int i = 0; i < n; i++, from += fromStep, to += toStep) {
      Simd.store(Simd.load(from, mask), to, mask);
    }
  }
}
