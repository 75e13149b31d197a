package dev.manabi.kernels.cpu;

/** The right operand of a product: columns that can be copied into a packed panel. */
interface ColumnSource {
  /**
   * {@code dst[at + k * Tiles.COLUMNS + j] = element(from + k, first + j)} for {@code k < depth}
   * and {@code j < count}; zero for {@code count <= j < Tiles.COLUMNS}.
   */
  void packColumns(int first, int count, int from, int depth, float[] dst, int at);
}
