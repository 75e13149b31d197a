package dev.manabi.kernels.cpu;

/** An operand of {@link DoubleGemm}: a matrix that can be copied into packed blocks and panels. */
interface DoubleSource {
  /**
   * As the left operand: copies {@code element(first + i, from + k)} for {@code i < count} and
   * {@code k < depth} to {@code dst[i * DoubleTile.PITCH + k]}.
   */
  void packRows(int first, int count, int from, int depth, double[] dst);

  /**
   * As the right operand: writes {@code element(from + k, first + j)} to address {@code to + (k *
   * DoubleTile.COLUMNS + j) * 8} for {@code k < depth} and {@code j < count}; zero for {@code count
   * <= j < DoubleTile.COLUMNS}.
   */
  void packColumns(int first, int count, int from, int depth, long to);
}
