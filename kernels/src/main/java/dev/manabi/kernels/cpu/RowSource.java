package dev.manabi.kernels.cpu;

/** The left operand of a product: rows that can be copied into a packed panel. */
interface RowSource {
  /**
   * {@code dst[at + i * Tiles.A_STRIDE + k] = element(first + i, from + k)} for {@code i < count}
   * and {@code k < depth}.
   */
  void packRows(int first, int count, int from, int depth, float[] dst, int at);
}
