package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.COLUMNS;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A block of the left operand, packed, and its products with panels of the right one. The block
 * stays in the L2 cache while the panels stream by. It is packed row by row or, which is faster to
 * read, tile by tile: there a tile's rows of one depth lie together, and then those of the next.
 */
final class RowBlock {
  /** Rows of a deep block: the more there are, the less often panels come from beyond L2. */
  static final int ROWS = 16 * Tiles.ROWS;

  /** Rows of a block of little depth, at most. */
  private static final int MOST_ROWS = 2 * ROWS;

  /** Greatest depth of a block: the more, the less often sums go to memory and come back. */
  static final int DEPTH = 1024;

  /** Panels that meet all rows before the next do: with the block they stay in the L2 cache. */
  private static final int TOGETHER = 2;

  /**
   * From row to row: a little off a power of two, which would crowd into few lines of the cache.
   */
  private static final int PITCH = DEPTH + 16;

  /** Behind a tile, because whole vectors are written. */
  private static final int SPARE = Tiles.LANES;

  /** The data of a large float[] begin 16 bytes into a region, so this index is on a cache line. */
  static final int ALIGN = 12;

  private static final long NOBODY = 0;
  private static final AtomicLong TICKETS = new AtomicLong(NOBODY);

  private static final ThreadLocal<RowBlock> OF_THREAD = ThreadLocal.withInitial(RowBlock::new);

  private final float[] data = new float[ALIGN + MOST_ROWS * PITCH];

  /** The product whose rows these are, and where in A they begin. */
  private long owner = NOBODY;

  private int heldFirst;
  private int heldFrom;

  private RowBlock() {}

  /** This thread's block. */
  static RowBlock get() {
    return OF_THREAD.get();
  }

  /** Fills the block with rows from {@code first} on and depths from {@code from} on. */
  Left pack(Matrix a, int first, int rows, int from, int depth) {
    return pack(NOBODY, a, false, first, rows, from, depth);
  }

  /**
   * The same, unless that is what the block holds since an earlier task of the same product.
   *
   * @param product its {@link #ticket}
   * @param turned whether the rows of A, whose numbers must be adjacent, are packed tile by tile. A
   *     matrix whose depths are runs of rows always is.
   */
  Left pack(long product, Matrix a, boolean turned, int first, int rows, int from, int depth) {
    boolean across = a.rowStride() == 1 && a.columnStride() != 1;
    boolean tiles = across || turned;
    if (product == NOBODY || product != owner || first != heldFirst || from != heldFrom) {
      owner = NOBODY;
      if (across) {
        splitDepths(a, first, rows, from, depth);
      } else if (turned) {
        turnRows(a, first, rows, from, depth);
      } else {
        a.packRows(first, rows, from, depth, data, ALIGN, PITCH);
      }
      owner = product;
      heldFirst = first;
      heldFrom = from;
    }
    return new Left(data, tiles ? 1 : PITCH, tiles ? Tiles.ROWS : 1, 0, 1, depth);
  }

  private void turnRows(Matrix a, int first, int rows, int from, int depth) {
    for (int q = 0; q < Tiles.count(rows); q++) {
      int top = Tiles.top(rows, q);
      int height = Math.min(Tiles.ROWS, rows - top);
      int at = ALIGN + q * pitch(depth);
      long step = a.rowStride() * Float.BYTES;
      RowTiles.pack(a.at(first + top, from), step, height, data, at, depth);
    }
  }

  /** Packs a matrix whose depths lie one after another, each a run of rows. */
  private void splitDepths(Matrix a, int first, int rows, int from, int depth) {
    int last = Tiles.count(rows) - 1;
    int pitch = pitch(depth);
    for (int k = 0; k < depth; k++) {
      long source = a.at(first, from + k);
      int at = ALIGN + k * Tiles.ROWS;
      Runs.split(source, Tiles.ROWS, last, data, at, pitch);
      long end = source + (long) Tiles.top(rows, last) * Float.BYTES;
      Runs.split(end, Tiles.ROWS, 1, data, at + last * pitch, pitch);
    }
  }

  /** From tile to tile, in floats. */
  private static int pitch(int depth) {
    return depth * Tiles.ROWS + SPARE;
  }

  /** Most rows of a block that has {@code k} depths or, if it is less, {@link #DEPTH}. */
  static int rows(int k) {
    int rows = ROWS * DEPTH / Math.clamp(k, 1, DEPTH);
    return Math.min(rows, MOST_ROWS) / Tiles.ROWS * Tiles.ROWS;
  }

  /** A number that no other product has. */
  static long ticket() {
    return TICKETS.incrementAndGet();
  }

  /**
   * Multiplies {@code rows} packed rows by panels.
   *
   * @param row of the target where the first row belongs
   * @param onto whether to add to what is there
   */
  static void multiply(Left a, int rows, Panels b, Target target, int row, boolean onto) {
    for (int first = 0; first < b.count(); first += TOGETHER) {
      int last = Math.min(b.count(), first + TOGETHER);
      for (int q = 0; q < Tiles.count(rows); q++) {
        int top = Tiles.top(rows, q);
        int at = ALIGN + (a.step() == 1 ? top * PITCH : q * pitch(a.depth()));
        for (int p = first; p < last; p++) {
          int column = p * COLUMNS;
          target.tile(a, at, b.at(p), b.step(), row + top, rows - top, column, b.width(p), onto);
        }
      }
    }
  }
}
