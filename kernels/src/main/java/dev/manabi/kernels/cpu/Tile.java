package dev.manabi.kernels.cpu;

/**
 * The innermost loop of every product and convolution: a block of C stays in registers while A and
 * B stream by. The kernels are made by {@link Tiles}, one for each number of rows, number of
 * vectors in a row, and distance {@code rowStep} of A's rows.
 */
interface Tile {
  /**
   * {@code C[r][j] = start[r][j] + sum over s < runs and k < depth of a[aAt + r * rowStep + s *
   * aJump + k * aStep] * b[s * depth + k][j]}, in the order of the sum.
   *
   * @param aStep from one k to the next in A, in elements
   * @param aJump from one run to the next in A, in elements; a plain product is one run
   * @param b address of the first vector of B
   * @param bStep from one row of B to the next, in bytes
   * @param start address of the first start value: C itself, or one row of zeros or biases
   * @param startBytes from one row of start values to the next; 0 repeats one row
   * @param c address of the block's first element; its columns are adjacent
   * @param rowBytes from one row of C to the next
   */
  void run(
      float[] a,
      int aAt,
      int aStep,
      int aJump,
      long b,
      long bStep,
      int runs,
      int depth,
      long start,
      long startBytes,
      long c,
      long rowBytes);
}
