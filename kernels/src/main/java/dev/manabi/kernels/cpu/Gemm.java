package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.A_STRIDE;
import static dev.manabi.kernels.cpu.Tiles.COLUMNS;
import static dev.manabi.kernels.cpu.Tiles.DEPTH;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The f32 matrix product {@code C (+)= A * B}, after Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication" (2008): operands are copied into packed panels, so that
 * the innermost loop ({@link Tile}) reads both one after another from near caches. Any matrix that
 * can fill a panel can be multiplied, so a convolution is this same product over an image that is
 * never spelled out.
 *
 * <p>Each element of C is one chain of sums over k in a fixed order. Threads share out the
 * elements, never a chain, so the result does not depend on their number.
 */
final class Gemm {
  /** Most floats of B that are packed at a time, so that panels stay in the outer caches. */
  private static final int PACKED = 1 << 21;

  /** Row blocks and column panels of one task. */
  private static final int TASK_BLOCKS = 8;

  private static final int TASK_PANELS = 16;

  /** Below this many multiplications a second thread costs more than it brings. */
  private static final long SERIAL = 64L * 64 * 64;

  /** A product with fewer tiles than this is split along k, if k is long. */
  private static final int FEW_TILES = 12;

  private static final int SLICE = 8 * DEPTH;
  private static final int MOST_SLICES = 16;

  // The data of a large float[] begin 16 bytes into a region, so index 12 lies on a cache line.
  private static final int ALIGN = 12;

  private static final MemorySegment ZEROS =
      Arena.global().allocate((long) COLUMNS * Float.BYTES, 64);

  private static final ThreadLocal<Workspace> WORKSPACE = ThreadLocal.withInitial(Workspace::new);

  /** One thread's buffers. */
  private static final class Workspace {
    final float[] a = new float[ALIGN + TASK_BLOCKS * Tiles.ROWS * A_STRIDE];
    final MemorySegment tile =
        Arena.ofAuto().allocate((long) Tiles.ROWS * COLUMNS * Float.BYTES, 64);
    private float[] b = new float[0];

    float[] b(int size) {
      if (b.length < size) {
        b = new float[size];
      }
      return b;
    }
  }

  private final int m;
  private final int n;
  private final RowSource a;
  private final ColumnSource b;
  private final Matrix c;
  private final long bias;
  private final boolean serial;
  private final int blocks;

  private Gemm(int m, int n, int k, RowSource a, ColumnSource b, Matrix c, long bias) {
    this.m = m;
    this.n = n;
    this.a = a;
    this.b = b;
    this.c = c;
    this.bias = bias;
    serial = (long) m * n * k < SERIAL;
    blocks = Math.ceilDiv(m, Tiles.ROWS);
  }

  /**
   * Computes {@code C = A * B + bias}, or {@code C += A * B}.
   *
   * @param c an {@code m x n} matrix of any strides that overlaps neither operand
   * @param add whether to add to what C holds
   * @param bias address of {@code n} numbers that are added to every row if {@code add} is false; 0
   *     for none
   */
  static void multiply(
      int m, int n, int k, RowSource a, ColumnSource b, Matrix c, boolean add, long bias) {
    if (m == 0 || n == 0) {
      return;
    }
    int tiles = Math.ceilDiv(m, Tiles.ROWS) * Math.ceilDiv(n, COLUMNS);
    if (k == 0) {
      combine(m, n, 0, 0, c, add, bias);
    } else if (tiles < FEW_TILES && k >= 2 * SLICE) {
      sliced(m, n, k, a, b, c, add, bias);
    } else {
      new Gemm(m, n, k, a, b, c, bias).run(0, k, add);
    }
  }

  /**
   * Few tiles, but long chains: each slice of k gives a partial C, and these are added in order.
   */
  private static void sliced(
      int m, int n, int k, RowSource a, ColumnSource b, Matrix c, boolean add, long bias) {
    int count = Math.min(MOST_SLICES, k / SLICE);
    int depth = Math.ceilDiv(Math.ceilDiv(k, count), DEPTH) * DEPTH;
    int slices = Math.ceilDiv(k, depth);
    long size = (long) m * n * Float.BYTES;
    try (Arena arena = Arena.ofConfined()) {
      long partial = arena.allocate(slices * size, 64).address();
      Parallel.forRange(
          slices,
          1,
          (from, to) -> {
            for (int s = (int) from; s < to; s++) {
              Matrix part = new Matrix(partial + s * size, n, 1);
              int end = Math.min(k, (s + 1) * depth);
              new Gemm(m, n, end - s * depth, a, b, part, 0).run(s * depth, end, false);
            }
          });
      combine(m, n, partial, slices, c, add, bias);
    }
  }

  private static void combine(
      int m, int n, long partial, int slices, Matrix c, boolean add, long bias) {
    long size = (long) m * n * Float.BYTES;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        long at = partial + ((long) i * n + j) * Float.BYTES;
        float sum = add ? Native.getFloat(c.at(i, j)) : biasAt(bias, j);
        for (int s = 0; s < slices; s++) {
          sum += Native.getFloat(at + s * size);
        }
        Native.putFloat(c.at(i, j), sum);
      }
    }
  }

  private static float biasAt(long bias, int column) {
    return bias == 0 ? 0 : Native.getFloat(bias + (long) column * Float.BYTES);
  }

  /** The part of the product from k = {@code from} to {@code end}. */
  private void run(int from, int end, boolean add) {
    int width = Math.min(n, PACKED / DEPTH);
    for (int column = 0; column < n; column += width) {
      int columns = Math.min(width, n - column);
      int padded = Math.ceilDiv(columns, COLUMNS) * COLUMNS;
      int most = Math.max(DEPTH, PACKED / padded / DEPTH * DEPTH);
      for (int k = from; k < end; k += most) {
        int depth = Math.min(most, end - k);
        float[] packed = WORKSPACE.get().b(ALIGN + depth * padded);
        Stage stage = new Stage(column, columns, k, depth, packed, add || k > from);
        stage.pack();
        stage.multiply();
      }
    }
  }

  private int firstRow(int block) {
    int small = m / blocks;
    return block * small + Math.min(block, m % blocks);
  }

  private void forEach(int count, int grain, Parallel.Body body) {
    Parallel.forRange(count, serial ? count : grain, body);
  }

  /** A range of columns and of k whose panel of B is packed as a whole. */
  private final class Stage {
    private final int column;
    private final int columns;
    private final int k;
    private final int depth;
    private final float[] packed;
    private final boolean add;
    private final int panels;

    Stage(int column, int columns, int k, int depth, float[] packed, boolean add) {
      this.column = column;
      this.columns = columns;
      this.k = k;
      this.depth = depth;
      this.packed = packed;
      this.add = add;
      panels = Math.ceilDiv(columns, COLUMNS);
    }

    /** Where panel {@code p} of the block that begins at depth {@code d} lies. */
    private int panelAt(int d, int p) {
      return ALIGN + d * panels * COLUMNS + p * Math.min(DEPTH, depth - d) * COLUMNS;
    }

    void pack() {
      int layers = Math.ceilDiv(depth, DEPTH);
      forEach(
          layers * panels,
          4,
          (from, to) -> {
            for (int i = (int) from; i < to; i++) {
              packPanel(i / panels * DEPTH, i % panels);
            }
          });
    }

    private void packPanel(int d, int p) {
      int first = p * COLUMNS;
      int count = Math.min(COLUMNS, columns - first);
      int layer = Math.min(DEPTH, depth - d);
      b.packColumns(column + first, count, k + d, layer, packed, panelAt(d, p));
    }

    void multiply() {
      int taskPanels = Math.min(TASK_PANELS, panels);
      int across = Math.ceilDiv(panels, taskPanels);
      int taskBlocks = Math.clamp((long) blocks * across / TASK_BLOCKS, 1, TASK_BLOCKS);
      int down = Math.ceilDiv(blocks, taskBlocks);
      forEach(
          down * across,
          1,
          (from, to) -> {
            for (int task = (int) from; task < to; task++) {
              int block = task / across * taskBlocks;
              int panel = task % across * taskPanels;
              multiplyBlocks(
                  block,
                  Math.min(blocks, block + taskBlocks),
                  panel,
                  Math.min(panels, panel + taskPanels));
            }
          });
    }

    private void multiplyBlocks(int block, int lastBlock, int panel, int lastPanel) {
      Workspace ws = WORKSPACE.get();
      int top = firstRow(block);
      int rows = firstRow(lastBlock) - top;
      for (int d = 0; d < depth; d += DEPTH) {
        int layer = Math.min(DEPTH, depth - d);
        a.packRows(top, rows, k + d, layer, ws.a, ALIGN);
        for (int q = block; q < lastBlock; q++) {
          for (int p = panel; p < lastPanel; p++) {
            tile(ws, q, top, d, layer, p);
          }
        }
      }
    }

    private void tile(Workspace ws, int block, int top, int d, int layer, int p) {
      int row = firstRow(block);
      int rows = firstRow(block + 1) - row;
      int aAt = ALIGN + (row - top) * A_STRIDE;
      int bAt = panelAt(d, p);
      int first = column + p * COLUMNS;
      int width = Math.min(COLUMNS, n - first);
      boolean onto = add || d > 0;
      Tile kernel = Tiles.of(rows);
      if (width == COLUMNS && c.columnStride() == 1) {
        long to = c.at(row, first);
        long rowBytes = c.rowStride() * Float.BYTES;
        long start = onto ? to : bias == 0 ? ZEROS.address() : bias + (long) first * Float.BYTES;
        kernel.run(ws.a, aAt, packed, bAt, layer, start, onto ? rowBytes : 0, to, rowBytes);
      } else {
        long tile = ws.tile.address();
        long rowBytes = (long) COLUMNS * Float.BYTES;
        kernel.run(ws.a, aAt, packed, bAt, layer, ZEROS.address(), 0, tile, rowBytes);
        spread(tile, row, rows, first, width, onto);
      }
    }

    /**
     * Moves a tile to where C has fewer columns than the tile, or columns that are not adjacent.
     */
    private void spread(long tile, int row, int rows, int first, int width, boolean onto) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < width; j++) {
          long to = c.at(row + i, first + j);
          float start = onto ? Native.getFloat(to) : biasAt(bias, first + j);
          float sum = Native.getFloat(tile + ((long) i * COLUMNS + j) * Float.BYTES);
          Native.putFloat(to, start + sum);
        }
      }
    }
  }
}
