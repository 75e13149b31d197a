package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.DoubleTile.COLUMNS;
import static dev.manabi.kernels.cpu.DoubleTile.COLUMN_BYTES;
import static dev.manabi.kernels.cpu.DoubleTile.DEPTH;
import static dev.manabi.kernels.cpu.DoubleTile.PITCH;
import static dev.manabi.kernels.cpu.DoubleTile.ROWS;

/**
 * The f64 matrix product {@code C (+)= A * B}, cut and packed as {@link Gemm} does it for f32.
 *
 * <p>Each element of C is one chain of sums over k in a fixed order. Threads share out the
 * elements, never a chain, so the result does not depend on their number.
 */
final class DoubleGemm {
  /** Most numbers of B that are packed at a time: 2 MiB, about an L2 cache. */
  private static final int PACKED = 1 << 18;

  /** Most rows of A that are packed at a time. */
  private static final int BLOCK = 8 * ROWS;

  /** Most column panels of one task. */
  private static final int TASK_PANELS = 16;

  /** Tasks that a product should at least be cut into. */
  private static final int TASKS = 8;

  /** Below this many multiplications a second thread costs more than it brings. */
  private static final long SERIAL = 64L * 64 * 16;

  /** A product with fewer tiles than this is split along k, if k is long. */
  private static final int FEW_TILES = 12;

  private static final int SLICE = 8 * DEPTH;
  private static final int MOST_SLICES = 16;

  private static final ThreadLocal<double[]> LEFT =
      ThreadLocal.withInitial(() -> new double[BLOCK * PITCH]);

  private final int m;
  private final int n;
  private final DoubleSource a;
  private final DoubleSource b;
  private final DoubleMatrix c;
  private final boolean serial;

  private DoubleGemm(int m, int n, int k, DoubleSource a, DoubleSource b, DoubleMatrix c) {
    this.m = m;
    this.n = n;
    this.a = a;
    this.b = b;
    this.c = c;
    serial = (long) m * n * k < SERIAL;
  }

  /**
   * Computes {@code C = A * B}, or {@code C += A * B}.
   *
   * @param c an {@code m x n} matrix of any strides that overlaps neither operand
   * @param onto whether to add to what C holds
   */
  static void multiply(
      int m, int n, int k, DoubleSource a, DoubleSource b, DoubleMatrix c, boolean onto) {
    if (m == 0 || n == 0) {
      return;
    }
    long tiles = (long) Math.ceilDiv(m, ROWS) * Math.ceilDiv(n, COLUMNS);
    if (k == 0) {
      combine(m, n, 0, 0, c, onto);
    } else if (tiles < FEW_TILES && k >= 2 * SLICE) {
      sliced(m, n, k, a, b, c, onto);
    } else {
      new DoubleGemm(m, n, k, a, b, c).run(0, k, onto);
    }
  }

  /** Each slice of k gives a partial C, and these are added in order. */
  private static void sliced(
      int m, int n, int k, DoubleSource a, DoubleSource b, DoubleMatrix c, boolean onto) {
    int count = Math.min(MOST_SLICES, k / SLICE);
    int depth = Math.ceilDiv(Math.ceilDiv(k, count), DEPTH) * DEPTH;
    int slices = Math.ceilDiv(k, depth);
    long bytes = (long) m * n * Double.BYTES;
    long partial = Workspace.get().doubles(Workspace.Use.PARTIAL_SUMS, (long) slices * m * n);
    Parallel.forRange(
        slices,
        1,
        (from, to) -> {
          for (int s = (int) from; s < to; s++) {
            int end = Math.min(k, (s + 1) * depth);
            DoubleMatrix part = new DoubleMatrix(partial + s * bytes, n, 1);
            new DoubleGemm(m, n, end - s * depth, a, b, part).run(s * depth, end, false);
          }
        });
    combine(m, n, partial, slices, c, onto);
  }

  private static void combine(
      int m, int n, long partial, int slices, DoubleMatrix c, boolean onto) {
    long bytes = (long) m * n * Double.BYTES;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        long to = c.at(i, j);
        long at = partial + ((long) i * n + j) * Double.BYTES;
        double sum = onto ? Native.getDouble(to) : 0;
        for (int s = 0; s < slices; s++) {
          sum += Native.getDouble(at + s * bytes);
        }
        Native.putDouble(to, sum);
      }
    }
  }

  /** The part of the product from k = {@code from} to {@code end}. */
  private void run(int from, int end, boolean onto) {
    int width = Math.min(n, PACKED / DEPTH);
    for (int column = 0; column < n; column += width) {
      int columns = Math.min(width, n - column);
      int panels = Math.ceilDiv(columns, COLUMNS);
      int most = Math.max(1, PACKED / (panels * COLUMNS) / DEPTH) * DEPTH;
      for (int k = from; k < end; k += most) {
        Packed packed = new Packed(column, columns, k, Math.min(most, end - k));
        packed.fill();
        multiplyAll(packed, onto || k > from);
      }
    }
  }

  private void forEach(int count, int grain, Parallel.Body body) {
    Parallel.forRange(count, serial ? count : grain, body);
  }

  /** A range of columns and of k of B, packed layer by layer. */
  private final class Packed {
    final int column;
    final int columns;
    final int k;
    final int depth;
    final int panels;
    private final long address;

    Packed(int column, int columns, int k, int depth) {
      this.column = column;
      this.columns = columns;
      this.k = k;
      this.depth = depth;
      panels = Math.ceilDiv(columns, COLUMNS);
      address = Workspace.get().doubles(Workspace.Use.PACKED, (long) depth * panels * COLUMNS);
    }

    int layer(int d) {
      return Math.min(DEPTH, depth - d);
    }

    /** Panel {@code p} of the layer that begins at depth {@code d}. */
    long at(int d, int p) {
      return address + ((long) d * panels + (long) p * layer(d)) * COLUMN_BYTES;
    }

    int width(int p) {
      return Math.min(COLUMNS, columns - p * COLUMNS);
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
              b.packColumns(column + p * COLUMNS, width(p), k + d, layer(d), at(d, p));
            }
          });
    }
  }

  /** All rows of A times the packed part of B. */
  private void multiplyAll(Packed right, boolean onto) {
    int tiles = Math.ceilDiv(m, ROWS);
    int panels = right.panels;
    int across = Math.clamp(Math.ceilDiv(TASKS, tiles), Math.ceilDiv(panels, TASK_PANELS), panels);
    int down = Math.clamp(Math.ceilDiv(TASKS, across), Math.ceilDiv(m, BLOCK), tiles);
    forEach(
        down * across,
        1,
        (first, last) -> {
          for (int task = (int) first; task < last; task++) {
            int top = (int) ((long) (task / across) * tiles / down) * ROWS;
            int bottom = Math.min(m, (int) ((task / across + 1L) * tiles / down) * ROWS);
            int p = task % across * panels / across;
            int lastPanel = (task % across + 1) * panels / across;
            block(top, bottom - top, right, p, lastPanel, onto);
          }
        });
  }

  /** Some rows times the panels {@code [from, to)}. */
  private void block(int top, int rows, Packed right, int from, int to, boolean onto) {
    double[] left = LEFT.get();
    for (int d = 0; d < right.depth; d += DEPTH) {
      int depth = right.layer(d);
      a.packRows(top, rows, right.k + d, depth, left);
      for (int i = 0; i < rows; i += ROWS) {
        for (int p = from; p < to; p++) {
          int height = Math.min(ROWS, rows - i);
          DoubleTile.run(
              left,
              i * PITCH,
              right.at(d, p),
              depth,
              c,
              top + i,
              height,
              right.column + p * COLUMNS,
              right.width(p),
              onto || d > 0);
        }
      }
    }
  }
}
