package dev.manabi.kernels.cpu;

/**
 * The innermost loop of every matrix product: a block of C of a fixed number of rows and {@link
 * Tiles#COLUMNS} columns stays in registers while a panel of A and a panel of B stream by.
 */
interface Tile {
  /**
   * {@code C[r][j] = start[r][j] + sum over k of a[aAt + r * Tiles.A_STRIDE + k] * b[bAt + k *
   * COLUMNS + j]}.
   *
   * @param depth how many k
   * @param start address of the first start value: C itself, or one row of zeros or biases
   * @param startBytes from one row of start values to the next; 0 repeats one row
   * @param c address of the block's first element; its columns are adjacent
   * @param rowBytes from one row of C to the next
   */
  void run(
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int depth,
      long start,
      long startBytes,
      long c,
      long rowBytes);
}
