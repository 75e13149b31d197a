package dev.manabi.kernels.cpu;

import dev.manabi.kernels.reference.Span;
import dev.manabi.tensor.op.PoolOp;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The windows of a pooling of channels-last planes, a row at a time. Neighbouring windows of a row
 * that see as many columns in the same way are one call of a {@link WindowKernel}: without padding
 * the whole row is.
 *
 * @param large the planes that windows slide over
 * @param small an element for each window
 * @param runs the columns of windows, in calls
 */
record Windows(Planes large, Planes small, Span[] rows, Span[] columns, List<Run> runs) {
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

  /**
   * Windows that one call visits.
   *
   * @param from the first of them
   * @param step pixels from window to window
   * @param places where the pixels of a window as high as the first are, counted from its first
   */
  record Run(int from, int count, int step, int[] places) {}

  static Windows of(PoolOp.Window window, Planes large, Planes small) {
    Span[] rows = Span.rows(window, large.height(), small.height());
    Span[] columns = Span.columns(window, large.width(), small.width());
    List<Run> runs = new ArrayList<>(1);
    for (int w = 0; w < columns.length; ) {
      int step = w + 1 < columns.length ? columns[w + 1].from() - columns[w].from() : 0;
      int end = w + 1;
      while (end < columns.length && follows(columns[end - 1], columns[end], step)) {
        end++;
      }
      runs.add(new Run(w, end - w, step, places(rows[0], columns[w], large)));
      w = end;
    }
    return new Windows(large, small, rows, columns, runs);
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
          Math.max(1, large.pixels() / small.pixels()), (plane, h) -> row(kernel, plane, h, index));
    }
  }

  private void row(WindowKernel kernel, long plane, int h, Planes index) {
    for (Run run : runs) {
      call(kernel, plane, h, run, index);
    }
  }

  /** The same columns, {@code step} farther. */
  private static boolean follows(Span a, Span b, int step) {
    return b.from() == a.from() + step
        && b.to() == a.to() + step
        && a.divisor() == b.divisor()
        && a.step() == b.step();
  }

  private void call(WindowKernel kernel, long plane, int h, Run run, Planes index) {
    Span down = rows[h];
    Span across = columns[run.from];
    int first = down.from() * large.width() + across.from();
    int[] places = high(down) == high(rows[0]) ? run.places : places(down, across, large);
    float divisor = (float) ((double) down.divisor() * across.divisor());
    try {
      row.invokeExact(
          kernel,
          large.at(plane, first),
          small.at(plane, h, run.from),
          index.at(plane, h, run.from),
          run.count,
          large.channels(),
          first,
          run.step,
          places,
          divisor);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  private static int high(Span span) {
    return Math.ceilDiv(span.to() - span.from(), span.step());
  }

  /** The pixels of a window, row by row, counted from its first. */
  private static int[] places(Span down, Span across, Planes large) {
    int wide = high(across);
    int[] places = new int[high(down) * wide];
    for (int i = 0; i < places.length; i++) {
      places[i] = i / wide * down.step() * large.width() + i % wide * across.step();
    }
    return places;
  }
}
