package dev.manabi.kernels.cpu;

/** The left operand of a product: rows that can be copied into a packed block. */
interface RowSource {
  /** Whether rows, not depths, lie side by side, and so are to be packed side by side. */
  boolean depthMajor();

  /**
   * Copies {@code element(first + i, from + k)} for {@code i < count} and {@code k < depth} to
   * {@code dst[at + i * pitch + k]}, or, if {@link #depthMajor}, to {@code dst[at + k * pitch +
   * i]}.
   */
  void packRows(int first, int count, int from, int depth, float[] dst, int at, int pitch);
}
