package dev.manabi.kernels.cpu;

/**
 * The innermost loop of every product and convolution: a block of C stays in registers while A and
 * B stream by. The kernels are made by {@link Tiles}, one for each number of rows, number of
 * vectors in a row, and distances {@code rowStep} of A's rows and {@code step} of its columns.
 */
interface Tile {
  /**
   * {@code C[r][j] = start[j] + sum over s < runs and k < depth of a[aAt + r * rowStep + s * (depth
   * * step + aJump) + k * step] * b[s * depth + k][j]}, in the order of the sum. A kernel that adds
   * to C begins with {@code start[r][j]}, rows {@code rowBytes} apart.
   *
   * @param runs at least 1
   * @param depth at least 1
   * @param aJump from the end of one run to the next in A, in elements; a plain product is one run
   * @param b address of the first vector of B
   * @param bStep from one row of B to the next, in bytes
   * @param start address of a row of numbers with which the sums start, zeros or biases; of the
   *     block itself for a kernel that adds to C
   * @param c address of the block's first element; its columns are adjacent
   * @param rowBytes from one row of C to the next
   */
  void run(
      float[] a,
      int aAt,
      int aJump,
      long b,
      long bStep,
      int runs,
      int depth,
      long start,
      long c,
      long rowBytes);
}
