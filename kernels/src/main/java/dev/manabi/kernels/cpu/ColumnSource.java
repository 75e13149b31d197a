package dev.manabi.kernels.cpu;

/** The right operand of a product: columns that can be copied into packed panels. */
interface ColumnSource {
  /**
   * Packs {@code count} columns into panels, one behind the other: {@code element(from + k, first +
   * j)} goes to address {@code panel + (k * Tiles.COLUMNS + j % Tiles.COLUMNS) * 4}, where {@code
   * panel = to + j / Tiles.COLUMNS * depth * Tiles.COLUMNS * 4}. The rest of the last one is zeros.
   */
  void packColumns(int first, int count, int from, int depth, long to);
}
