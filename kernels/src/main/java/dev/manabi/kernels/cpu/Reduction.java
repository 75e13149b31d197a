package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;

/**
 * Reduces a dense tensor: one pass over its memory for the largest reduced segment, then what is
 * left of the others on the partial results.
 *
 * <p>The pass is cut into blocks, whose borders and whose joining depend on the sizes alone: so the
 * result has the same bits for any number of threads.
 */
final class Reduction {
  /** Elements of a block: 128 KiB of f32, so that a second look at a block finds it in cache. */
  static final int BLOCK = 1 << 15;

  /** Columns of a block. */
  private static final int BLOCK_COLS = 1024;

  private static final int MIN_BLOCK_ROWS = 64;

  /** The most planes that any {@link Partial} has. */
  private static final int MAX_WIDTH = 2;

  private final Partial partial;
  private final boolean far;
  private Segments left;
  private double[] values = new double[0];

  private Reduction(Segments segments, Partial partial) {
    this.left = segments;
    this.partial = partial;
    far = Prefetch.pays(4 * segments.count());
  }

  /** True if the partial results of reducing {@code axes} are not too many for one array. */
  static boolean fits(Shape shape, Ints axes) {
    long kept = 1;
    for (int i = 0; i < shape.rank(); i++) {
      kept *= axes.contains(i) ? 1 : shape.dim(i);
    }
    long most = Math.max(kept, shape.numel() / 2);
    return most * MAX_WIDTH < Integer.MAX_VALUE;
  }

  /**
   * The values of every kept element, in memory order, as {@code partial.width()} planes. The array
   * is longer than they are.
   */
  static double[] run(Segments segments, Partial partial) {
    Reduction r = new Reduction(segments, partial);
    int first = segments.largestReduced();
    if (first < 0) {
      r.columns(1, 1, segments.count());
      return r.values;
    }
    r.pass(first);
    r.left = segments.without(first);
    for (int i = r.left.largestReduced(); i >= 0; i = r.left.largestReduced()) {
      r.join(r.left.count(0, i), r.left.sizes()[i], r.left.count(i + 1, r.left.sizes().length));
      r.left = r.left.without(i);
    }
    return r.values;
  }

  private void pass(int segment) {
    long outer = left.count(0, segment);
    long inner = left.count(segment + 1, left.sizes().length);
    if (inner == 1) {
      rows(outer, left.sizes()[segment]);
    } else {
      columns(outer, left.sizes()[segment], inner);
    }
  }

  /**
   * For planes of so many numbers. A vector that begins among them ends in the array: masked loads
   * that may go beyond are a burden for C2, even where they do not.
   */
  private double[] room(int plane) {
    return new double[partial.width() * plane + Simd.COUNT];
  }

  private void rows(long rows, long length) {
    long pieces = Math.ceilDiv(length, BLOCK);
    int units = Math.toIntExact(rows * pieces);
    double[] into = room(units);
    Parallel.forRange(
        units,
        Math.max(1, BLOCK / length),
        (from, to) -> {
          for (int unit = (int) from; unit < to; unit++) {
            long row = unit / pieces;
            long at = unit % pieces * BLOCK;
            long n = Math.min(BLOCK, length - at);
            partial.run(row * length + at, n, (int) row, into, units, unit);
          }
        });
    values = into;
    join(rows, pieces, 1);
  }

  private void columns(long outer, long rows, long cols) {
    long tile = Math.min(cols, BLOCK_COLS);
    long tiles = Math.ceilDiv(cols, tile);
    long blockRows = Math.max(MIN_BLOCK_ROWS, BLOCK / tile);
    long blocks = Math.ceilDiv(rows, blockRows);
    int plane = Math.toIntExact(outer * blocks * cols);
    double[] into = room(plane);
    long unitSize = tile * Math.min(rows, blockRows);
    Parallel.forRange(
        outer * blocks * tiles,
        Math.max(1, BLOCK / unitSize),
        (from, to) -> {
          for (long unit = from; unit < to; unit++) {
            long at = unit % tiles * tile;
            long block = unit / tiles;
            long row = block % blocks * blockRows;
            long o = block / blocks;
            int n = (int) Math.min(tile, cols - at);
            int place = (int) (block * cols + at);
            partial.clear(into, plane, place, n);
            if (far && tile == cols) {
              long some = Math.min(blockRows, rows - row);
              Prefetch.block(partial.address((o * rows + row) * cols), 4 * some * cols);
            }
            partial.columns(
                (o * rows + row) * cols + at,
                Math.min(blockRows, rows - row),
                cols,
                n,
                (int) (o * cols + at),
                into,
                plane,
                place);
          }
        });
    values = into;
    join(outer, blocks, cols);
  }

  /** Joins the middle of {@code [outer, middle, inner]} partial results. */
  private void join(long outer, long middle, long inner) {
    if (middle == 1) {
      return;
    }
    int n = (int) inner;
    int plane = (int) (outer * inner);
    int fromPlane = (int) (outer * middle * inner);
    double[] joined = room(plane);
    for (int o = 0; o < outer; o++) {
      partial.clear(joined, plane, o * n, n);
      for (int m = 0; m < middle; m++) {
        partial.join(joined, plane, o * n, values, fromPlane, (int) (o * middle + m) * n, n);
      }
    }
    values = joined;
  }
}
