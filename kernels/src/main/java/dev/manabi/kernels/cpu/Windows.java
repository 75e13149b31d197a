package dev.manabi.kernels.cpu;

import dev.manabi.kernels.reference.Span;
import dev.manabi.tensor.op.PoolOp;
import java.lang.invoke.MethodHandle;

/**
 * The windows of a pooling of channels-last planes, a row at a time. Neighbouring windows of a row
 * that see as many columns in the same way are one call of a {@link WindowKernel}: without padding
 * the whole row is.
 *
 * @param large the planes that windows slide over
 * @param small an element for each window
 */
record Windows(Planes large, Planes small, Span[] rows, Span[] columns) {
  /** Windows with more pixels than this are too long for sums without an order. */
  private static final int FEW_PIXELS = 64;

  private static final WindowKernel MAX = kernel(WindowKernel.Way.MAX);
  private static final WindowKernel MEAN = kernel(WindowKernel.Way.MEAN);
  private static final WindowKernel TO_PLACE = kernel(WindowKernel.Way.TO_PLACE);
  private static final WindowKernel SPREAD = kernel(WindowKernel.Way.SPREAD);

  /** {@link WindowKernel#row}; not final so that kernels are not inlined. */
  private static MethodHandle row = KernelTemplate.entry(WindowKernel.class, "row");

  private static WindowKernel kernel(WindowKernel.Way way) {
    return KernelTemplate.copy(WindowKernel.class, WindowLoop.class, way);
  }

  static Windows of(PoolOp.Window window, Planes large, Planes small) {
    return new Windows(
        large,
        small,
        Span.rows(window, large.height(), small.height()),
        Span.columns(window, large.width(), small.width()));
  }

  /** No pixel is in two windows: what they write does not have to be added. */
  boolean areDisjoint() {
    return disjoint(rows) && disjoint(columns);
  }

  /** Every pixel is in a window. */
  private boolean cover() {
    return covers(rows, large.height()) && covers(columns, large.width());
  }

  boolean areSmall() {
    return (long) (rows[0].to() - rows[0].from()) * (columns[0].to() - columns[0].from())
        <= FEW_PIXELS;
  }

  private static boolean disjoint(Span[] spans) {
    for (int i = 0; i < spans.length; i++) {
      if (spans[i].step() != 1 || (i > 0 && spans[i].from() < spans[i - 1].to())) {
        return false;
      }
    }
    return true;
  }

  private static boolean covers(Span[] spans, int size) {
    int end = 0;
    for (Span span : spans) {
      if (span.from() != end) {
        return false;
      }
      end = span.to();
    }
    return end == size;
  }

  /** {@code small} becomes the largest of each window, {@code index} its places in i32. */
  void max(Planes index) {
    small.forRows(
        Math.max(1, large.pixels() / small.pixels()), (plane, h) -> row(MAX, plane, h, index));
  }

  /** {@code small} becomes the mean of each window. */
  void mean() {
    small.forRows(
        Math.max(1, large.pixels() / small.pixels()), (plane, h) -> row(MEAN, plane, h, small));
  }

  /** Disjoint windows: {@code large} becomes {@code small} at its places, 0 elsewhere. */
  void toPlaces(Planes index) {
    write(TO_PLACE, index);
  }

  /** Disjoint windows: {@code large} becomes the shares of {@code small}, 0 outside of windows. */
  void spread() {
    write(SPREAD, small);
  }

  private void write(WindowKernel kernel, Planes index) {
    boolean clears = !cover();
    long work = Math.max(1, large.pixels() * large.channels());
    if (clears) {
      Parallel.forRange(
          large.count(),
          Math.max(1, Reduction.BLOCK / work),
          (from, to) -> {
            for (long plane = from; plane < to; plane++) {
              large.clear(plane, 0, large.channels());
              for (int h = 0; h < small.height(); h++) {
                row(kernel, plane, h, index);
              }
            }
          });
    } else {
      small.forRows(
          Math.max(1, large.pixels() / small.pixels()),
          (plane, h) -> row(kernel, plane, h, index));
    }
  }

  private void row(WindowKernel kernel, long plane, int h, Planes index) {
    int w = 0;
    while (w < columns.length) {
      int step = w + 1 < columns.length ? columns[w + 1].from() - columns[w].from() : 0;
      int end = w + 1;
      while (end < columns.length && follows(columns[end - 1], columns[end], step)) {
        end++;
      }
      call(kernel, plane, h, w, end - w, step, index);
      w = end;
    }
  }

  /** The same columns, {@code step} farther. */
  private static boolean follows(Span a, Span b, int step) {
    return b.from() == a.from() + step
        && b.to() == a.to() + step
        && a.divisor() == b.divisor()
        && a.step() == b.step();
  }

  private void call(
      WindowKernel kernel, long plane, int h, int w, int count, int step, Planes index) {
    Span down = rows[h];
    Span across = columns[w];
    int first = down.from() * large.width() + across.from();
    int[] places = places(down, across, large.width());
    float divisor = (float) ((double) down.divisor() * across.divisor());
    try {
      row.invokeExact(
          kernel,
          large.at(plane, 0),
          small.at(plane, h, w),
          index.at(plane, h, w),
          count,
          large.channels(),
          first,
          step,
          places,
          divisor);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  /** The pixels of a window, row by row, counted from its first one. */
  private static int[] places(Span down, Span across, int width) {
    int high = Math.ceilDiv(down.to() - down.from(), down.step());
    int wide = Math.ceilDiv(across.to() - across.from(), across.step());
    int[] places = new int[high * wide];
    for (int i = 0; i < places.length; i++) {
      places[i] = i / wide * down.step() * width + i % wide * across.step();
    }
    return places;
  }
}
