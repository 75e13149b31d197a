package dev.manabi.kernels.cpu;

/** The right operand of a product: columns that can be copied into packed panels. */
interface ColumnSource {
  /**
   * Writes {@code element(from + k, first + j)} to address {@code to + (k * Tiles.COLUMNS + j) * 4}
   * for {@code k < depth} and {@code j < count}; zero for {@code count <= j < Tiles.COLUMNS}.
   */
  void packColumns(int first, int count, int from, int depth, long to);
}
