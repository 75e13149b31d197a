package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.COLUMN_BYTES;

import org.jspecify.annotations.Nullable;

/**
 * How a matrix product {@code C (+)= A * B} of any type is cut, after Goto and van de Geijn,
 * "Anatomy of High-Performance Matrix Multiplication" (2008): operands are copied into packed
 * panels, so that the innermost loop reads both one after another from near caches.
 *
 * <p>Each element of C is one chain of sums over k in a fixed order. Threads share out the
 * elements, never a chain, so the result does not depend on their number.
 */
abstract class PackedProduct {
  /** Tasks that a product should at least be cut into. */
  private static final int TASKS = 8;

  /** Blocks of rows are a multiple of this, so that few threads end at the same time. */
  private static final int EVEN = 4;

  /** A product with fewer tiles than this is split along k, if k is long. */
  private static final int FEW_TILES = 12;

  /** For up to so many blocks of rows it costs less to pack panels again than to share them... */
  private static final int FEW_BLOCKS = 2;

  /** ...if there are so many of them. */
  private static final int FEW_PANELS = 2;

  /** Panels that a task packs: with a block of rows they stay in the L2 cache. */
  private static final int MOST_TOGETHER = 8;

  private static final int SLICE = 1 << 11;
  private static final int MOST_SLICES = 16;

  /**
   * What differs from type to type.
   *
   * @param bytes of an element
   * @param rows of a tile
   * @param columns of a tile, which is as wide as a packed panel
   * @param depth most of the k that are packed at a time
   * @param packed most elements of B that are packed at a time
   * @param together panels of B that are packed at a time, at most
   * @param serial below so many multiplications a second thread costs more than it brings
   */
  record Form(int bytes, int rows, int columns, int depth, int packed, int together, long serial) {}

  /** The panels of B from a depth on. */
  private interface PanelsAt {
    Panels at(int depth);
  }

  final int m;
  final int n;
  private final Form form;
  private final int blockRows;
  private final boolean serial;

  /**
   * Prepares a product.
   *
   * @param blockRows most rows of A that are packed at a time
   */
  PackedProduct(Form form, int m, int n, int k, int blockRows) {
    this.form = form;
    this.blockRows = blockRows;
    this.m = m;
    this.n = n;
    serial = (long) m * n * k < form.serial;
  }

  /** The same product over {@code depth} of the k, with a row-major C at an address. */
  abstract PackedProduct part(long c, int depth);

  /**
   * Adds up what {@code slices} parts of k give, whose matrices follow each other from {@code
   * partial} on, and writes it to C, or adds it to what C holds.
   */
  abstract void combine(long partial, int slices, boolean onto);

  /** As {@link ColumnSource#packColumns} of B. */
  abstract void packColumns(int first, int count, int from, int depth, long to);

  /** B from k = {@code from} on, if it should be read where it is; {@code null} if not. */
  abstract @Nullable Panels inPlace(int from, int depth);

  /**
   * Multiplies rows of A by panels of B.
   *
   * @param column of C where panel 0 belongs
   * @param onto whether to add to what C holds
   */
  abstract void multiply(int top, int rows, int k, int depth, Panels b, int column, boolean onto);

  /** Computes C, or adds to it. */
  final void run(int k, boolean onto) {
    long tiles = (long) Math.ceilDiv(m, form.rows) * panels(n);
    if (tiles == 0) {
      return;
    }
    if (k == 0) {
      combine(0, 0, onto);
    } else if (tiles < FEW_TILES && k >= 2 * SLICE) {
      runSlices(k, onto);
    } else {
      run(0, k, onto);
    }
  }

  private int panels(int columns) {
    return Math.ceilDiv(columns, form.columns);
  }

  /**
   * Few tiles, but long chains: each slice of k gives a partial C, and these are added in order.
   */
  private void runSlices(int k, boolean onto) {
    int count = Math.min(MOST_SLICES, k / SLICE);
    int depth = Math.ceilDiv(Math.ceilDiv(k, count), form.depth) * form.depth;
    int slices = Math.ceilDiv(k, depth);
    long bytes = (long) m * n * form.bytes;
    long partial = Workspace.get().floats(Workspace.Use.PARTIAL_SUMS, slices * bytes / Float.BYTES);
    Parallel.forRange(
        slices,
        1,
        (from, to) -> {
          for (int s = (int) from; s < to; s++) {
            int end = Math.min(k, (s + 1) * depth);
            part(partial + s * bytes, end - s * depth).run(s * depth, end, false);
          }
        });
    combine(partial, slices, onto);
  }

  /** The part of the product from k = {@code from} to {@code end}. */
  private void run(int from, int end, boolean onto) {
    Panels there = inPlace(from, end - from);
    if (there != null) {
      multiplyAll(there::from, 0, from, end, onto);
      return;
    }
    if (m <= FEW_BLOCKS * blockRows && panels(n) >= FEW_PANELS) {
      multiplyByPanels(from, end, onto);
      return;
    }
    int width = Math.min(n, form.packed / form.depth);
    for (int column = 0; column < n; column += width) {
      int columns = Math.min(width, n - column);
      int layers = Math.max(1, form.packed / (panels(columns) * form.columns) / form.depth);
      int most = layers * form.depth;
      for (int k = from; k < end; k += most) {
        int depth = Math.min(most, end - k);
        Packed packed = new Packed(column, columns, k, depth);
        packed.fill();
        multiplyAll(packed::at, column, k, k + depth, onto || k > from);
      }
    }
  }

  /**
   * Few blocks of rows: each task packs panels for itself, and multiplies them while they are in
   * its own cache. Tasks of the same rows follow each other.
   */
  private void multiplyByPanels(int from, int end, boolean onto) {
    int down = Math.ceilDiv(m, blockRows);
    int tiles = Math.ceilDiv(m, form.rows);
    int panels = panels(n);
    int group = Math.clamp((long) panels * down / TASKS, 1, MOST_TOGETHER);
    int groups = Math.ceilDiv(panels, group);
    forEach(
        groups * down,
        1,
        (begin, stop) -> {
          for (int task = (int) begin; task < stop; task++) {
            int column = task % groups * group * form.columns;
            int width = Math.min(group * form.columns, n - column);
            int top = task / groups * tiles / down * form.rows;
            int bottom = Math.min(m, (task / groups + 1) * tiles / down * form.rows);
            for (int k = from; k < end; k += form.depth) {
              int depth = Math.min(form.depth, end - k);
              long room = Workspace.get().floats(Workspace.Use.PACKED, floats(depth, width));
              Panels b = Panels.packed(room, depth, width);
              for (int p = 0; p < panels(width); p += form.together) {
                int skip = p * form.columns;
                int columns = Math.min(form.together * form.columns, width - skip);
                packColumns(column + skip, columns, k, depth, b.at(p));
              }
              boolean add = onto || k > from;
              multiply(top, bottom - top, k, depth, b, column, add);
            }
          }
        });
  }

  /** Floats of packed panels. */
  private long floats(int depth, int columns) {
    return depth * panels(columns) * COLUMN_BYTES / Float.BYTES;
  }

  private void forEach(int count, int grain, Parallel.Body body) {
    Parallel.forRange(count, serial ? count : grain, body);
  }

  /** A range of columns and of k of B, packed layer by layer. */
  private final class Packed {
    private final int column;
    private final int columns;
    private final int k;
    private final int depth;
    private final int panels;
    private final long address;

    Packed(int column, int columns, int k, int depth) {
      this.column = column;
      this.columns = columns;
      this.k = k;
      this.depth = depth;
      panels = panels(columns);
      address = Workspace.get().floats(Workspace.Use.PACKED, floats(depth, columns));
    }

    private int layer(int d) {
      return Math.min(form.depth, depth - d);
    }

    Panels at(int d) {
      return Panels.packed(address + d * panels * COLUMN_BYTES, layer(d), columns);
    }

    void fill() {
      int layers = Math.ceilDiv(depth, form.depth);
      int together = Math.clamp(layers * panels / TASKS, 1, form.together);
      int units = Math.ceilDiv(panels, together);
      forEach(
          layers * units,
          Math.ceilDiv(layers * units, 2 * TASKS),
          (from, to) -> {
            for (int i = (int) from; i < to; i++) {
              int d = i / units * form.depth;
              int panel = i % units * together;
              int first = panel * form.columns;
              int width = Math.min(together * form.columns, columns - first);
              packColumns(column + first, width, k + d, layer(d), at(d).at(panel));
            }
          });
    }
  }

  /** All rows of A, from k = {@code from} to {@code end}, times panels. */
  private void multiplyAll(PanelsAt b, int column, int from, int end, boolean onto) {
    int tiles = Math.ceilDiv(m, form.rows);
    int blocks = Math.max(TASKS, Math.ceilDiv(m, blockRows));
    int down = Math.min(Math.ceilDiv(blocks, EVEN) * EVEN, tiles);
    forEach(
        down,
        1,
        (begin, stop) -> {
          for (long block = begin; block < stop; block++) {
            int top = (int) (block * tiles / down) * form.rows;
            int bottom = Math.min(m, (int) ((block + 1) * tiles / down) * form.rows);
            for (int k = from; k < end; k += form.depth) {
              int depth = Math.min(form.depth, end - k);
              Panels panelsOfLayer = b.at(k - from);
              boolean add = onto || k > from;
              multiply(top, bottom - top, k, depth, panelsOfLayer, column, add);
            }
          }
        });
  }
}
