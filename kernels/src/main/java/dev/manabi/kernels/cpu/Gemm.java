package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.RowBlock.DEPTH;
import static dev.manabi.kernels.cpu.Tiles.COLUMNS;
import static dev.manabi.kernels.cpu.Tiles.COLUMN_BYTES;

/**
 * The f32 matrix product {@code C (+)= A * B}, after Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication" (2008): operands are copied into packed panels, so that
 * the innermost loop ({@link Tile}) reads both one after another from near caches.
 *
 * <p>Each element of C is one chain of sums over k in a fixed order. Threads share out the
 * elements, never a chain, so the result does not depend on their number.
 */
final class Gemm {
  /** Most floats of B that are packed at a time, so that panels stay in the outer caches. */
  private static final int PACKED = 1 << 21;

  /** Column panels of one task: with a depth of {@link RowBlock#DEPTH}, half of an L2 cache. */
  private static final int TASK_PANELS = 16;

  /** Tasks that a product should at least be cut into. */
  private static final int TASKS = 8;

  /** Below this many multiplications a second thread costs more than it brings. */
  private static final long SERIAL = 64L * 64 * 32;

  /** A product with fewer tiles than this is split along k, if k is long. */
  private static final int FEW_TILES = 12;

  private static final int SLICE = 8 * DEPTH;
  private static final int MOST_SLICES = 16;

  /** A row-major B of at most this many floats is read where it is, if few rows of A want it. */
  private static final long IN_PLACE = 1 << 16;

  private final int m;
  private final int n;
  private final RowSource a;
  private final ColumnSource b;
  private final Target target;
  private final boolean serial;

  private Gemm(int m, int n, int k, RowSource a, ColumnSource b, Target target) {
    this.m = m;
    this.n = n;
    this.a = a;
    this.b = b;
    this.target = target;
    serial = (long) m * n * k < SERIAL;
  }

  /**
   * Computes {@code C = A * B + bias}, or {@code C += A * B}.
   *
   * @param target an {@code m x n} matrix of any strides that overlaps neither operand
   * @param add whether to add to what C holds, in place of the bias
   */
  static void multiply(
      int m, int n, int k, RowSource a, ColumnSource b, Target target, boolean add) {
    if (m == 0 || n == 0) {
      return;
    }
    int tiles = Tiles.count(m) * Math.ceilDiv(n, COLUMNS);
    if (k == 0) {
      combine(m, n, 0, 0, target, add);
    } else if (RowDots.takes(m, k, a, b)) {
      RowDots.multiply(m, n, k, (Matrix) a, (Matrix) b, target, add);
    } else if (tiles < FEW_TILES && k >= 2 * SLICE) {
      sliced(m, n, k, a, b, target, add);
    } else {
      new Gemm(m, n, k, a, b, target).run(0, k, add);
    }
  }

  /**
   * Few tiles, but long chains: each slice of k gives a partial C, and these are added in order.
   */
  private static void sliced(
      int m, int n, int k, RowSource a, ColumnSource b, Target target, boolean add) {
    int count = Math.min(MOST_SLICES, k / SLICE);
    int depth = Math.ceilDiv(Math.ceilDiv(k, count), DEPTH) * DEPTH;
    int slices = Math.ceilDiv(k, depth);
    long size = (long) m * n;
    long partial = Workspace.get().floats(Workspace.Use.PARTIAL_SUMS, slices * size);
    Parallel.forRange(
        slices,
        1,
        (from, to) -> {
          for (int s = (int) from; s < to; s++) {
            Target part = Target.of(new Matrix(partial + s * size * Float.BYTES, n, 1));
            int end = Math.min(k, (s + 1) * depth);
            new Gemm(m, n, end - s * depth, a, b, part).run(s * depth, end, false);
          }
        });
    combine(m, n, partial, slices, target, add);
  }

  private static void combine(int m, int n, long partial, int slices, Target target, boolean add) {
    long size = (long) m * n * Float.BYTES;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        long to = target.c().at(i, j);
        long at = partial + ((long) i * n + j) * Float.BYTES;
        float sum = add ? Native.getFloat(to) : target.biasAt(j);
        for (int s = 0; s < slices; s++) {
          sum += Native.getFloat(at + s * size);
        }
        Native.putFloat(to, sum);
      }
    }
  }

  /** The part of the product from k = {@code from} to {@code end}. */
  private void run(int from, int end, boolean add) {
    if (b instanceof Matrix matrix && isReadInPlace(matrix, end - from)) {
      long step = matrix.rowStride() * Float.BYTES;
      Panels panels = Panels.inPlace(matrix.at(from, 0), step, n);
      multiplyAll(d -> panels.from(d), panels.count(), target, from, end, add);
      return;
    }
    int width = Math.min(n, PACKED / DEPTH);
    for (int column = 0; column < n; column += width) {
      int columns = Math.min(width, n - column);
      int panels = Math.ceilDiv(columns, COLUMNS);
      int most = Math.max(DEPTH, PACKED / (panels * COLUMNS) / DEPTH * DEPTH);
      Target part = target.columnsFrom(column);
      for (int k = from; k < end; k += most) {
        int depth = Math.min(most, end - k);
        Packed packed = new Packed(column, columns, k, depth);
        packed.fill();
        multiplyAll(packed::at, panels, part, k, k + depth, add || k > from);
      }
    }
  }

  private boolean isReadInPlace(Matrix matrix, int depth) {
    return matrix.columnStride() == 1 && ((long) depth * n <= IN_PLACE || m <= 2 * Tiles.ROWS);
  }

  private void forEach(int count, int grain, Parallel.Body body) {
    Parallel.forRange(count, serial ? count : grain, body);
  }

  /** The panels of B from a depth on. */
  private interface PanelsAt {
    Panels at(int depth);
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
      panels = Math.ceilDiv(columns, COLUMNS);
      address = Workspace.get().floats(Workspace.Use.PACKED, (long) depth * panels * COLUMNS);
    }

    private int layer(int d) {
      return Math.min(DEPTH, depth - d);
    }

    Panels at(int d) {
      return Panels.packed(address + d * panels * COLUMN_BYTES, layer(d), columns);
    }

    void fill() {
      int layers = Math.ceilDiv(depth, DEPTH);
      forEach(
          layers * panels,
          Math.ceilDiv(layers * panels, 2 * TASKS),
          (from, to) -> {
            for (int i = (int) from; i < to; i++) {
              int d = i / panels * DEPTH;
              int p = i % panels;
              int width = Math.min(COLUMNS, columns - p * COLUMNS);
              b.packColumns(column + p * COLUMNS, width, k + d, layer(d), at(d).at(p));
            }
          });
    }
  }

  /** All rows of A, from k = {@code from} to {@code end}, times panels. */
  private void multiplyAll(PanelsAt b, int panels, Target part, int from, int end, boolean add) {
    int across = Math.ceilDiv(panels, TASK_PANELS);
    int tiles = Tiles.count(m);
    int down = Math.clamp(Math.ceilDiv(TASKS, across), Math.ceilDiv(m, RowBlock.ROWS), tiles);
    forEach(
        down * across,
        1,
        (first, last) -> {
          for (int task = (int) first; task < last; task++) {
            int block = task / across;
            int p = task % across * panels / across;
            int lastPanel = (task % across + 1) * panels / across;
            int top = block * tiles / down * Tiles.ROWS;
            int bottom = Math.min(m, (block + 1) * tiles / down * Tiles.ROWS);
            for (int k = from; k < end; k += DEPTH) {
              int depth = Math.min(DEPTH, end - k);
              Left left = RowBlock.get().pack(a, top, bottom - top, k, depth);
              RowBlock.multiply(
                  left, bottom - top, b.at(k - from), p, lastPanel, part, top, add || k > from);
            }
          }
        });
  }
}
