package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;

/** How loops over columns take rows, so that vectors are full and memory is read in order. */
final class ColumnGroups {
  /** More columns than this fill vectors well enough by themselves. */
  private static final int FEW_COLS = 4 * COUNT;

  /** Elements of a group of rows, about: half of an L1 cache. */
  private static final int GROUP = 1 << 12;

  private static final int FEWEST_ROWS = 8;

  private ColumnGroups() {}

  /** Few columns fill no vector, but this many rows taken as one row do; 1 if that is no gain. */
  static int together(long rows, long stride, int cols) {
    int together = COUNT / gcd(COUNT, cols);
    boolean worth = stride == cols && cols < FEW_COLS && rows >= 2L * together;
    return worth ? together : 1;
  }

  /**
   * Rows of which all columns are visited, a few vectors at a time, before the next rows come: so
   * few that memory is read nearly in order, which is what prefetchers see, and so many that sums
   * are not fetched and put away all the time.
   */
  static int rows(int cols) {
    return Math.max(FEWEST_ROWS, GROUP / cols);
  }

  static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
