package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.COLUMNS;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A block of the left operand, packed, and its products with panels of the right one. The block
 * stays in the L2 cache, each tile's rows of it in L1, while the panels stream by.
 */
final class RowBlock {
  /** Most rows of a block: the more there are, the less often panels come from beyond L2. */
  static final int ROWS = 16 * Tiles.ROWS;

  /** Greatest depth of a block: the more, the less often sums go to memory and come back. */
  static final int DEPTH = 1024;

  /** Panels that meet all rows before the next do: with the block they stay in the L2 cache. */
  private static final int TOGETHER = 2;

  // The pitches are a little off powers of two, which would crowd into few lines of the cache.
  private static final int ROW_MAJOR_PITCH = DEPTH + 16;
  private static final int DEPTH_MAJOR_PITCH = ROWS + 16;

  /** The data of a large float[] begin 16 bytes into a region, so this index is on a cache line. */
  static final int ALIGN = 12;

  private static final long NOBODY = 0;
  private static final AtomicLong TICKETS = new AtomicLong(NOBODY);

  private static final ThreadLocal<RowBlock> OF_THREAD = ThreadLocal.withInitial(RowBlock::new);

  private final float[] data =
      new float[ALIGN + Math.max(ROWS * ROW_MAJOR_PITCH, DEPTH * DEPTH_MAJOR_PITCH)];

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
  Left pack(RowSource a, int first, int rows, int from, int depth) {
    return pack(NOBODY, a, first, rows, from, depth);
  }

  /**
   * The same, unless that is what the block holds since an earlier task of the same product.
   *
   * @param product its {@link #ticket}
   */
  Left pack(long product, RowSource a, int first, int rows, int from, int depth) {
    boolean across = a.depthMajor();
    int pitch = across ? DEPTH_MAJOR_PITCH : ROW_MAJOR_PITCH;
    if (product == NOBODY || product != owner || first != heldFirst || from != heldFrom) {
      owner = NOBODY;
      a.packRows(first, rows, from, depth, data, ALIGN, pitch);
      owner = product;
      heldFirst = first;
      heldFrom = from;
    }
    return new Left(data, across ? 1 : pitch, across ? pitch : 1, 0, 1, depth);
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
        int at = ALIGN + top * a.rowStep();
        for (int p = first; p < last; p++) {
          int column = p * COLUMNS;
          target.tile(a, at, b.at(p), b.step(), row + top, rows - top, column, b.width(p), onto);
        }
      }
    }
  }
}
