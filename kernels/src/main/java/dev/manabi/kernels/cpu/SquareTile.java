package dev.manabi.kernels.cpu;

/** Transposes a small square of elements; see {@link TransposeLoop}. */
interface SquareTile {
  /** Rows and columns of the square. */
  int side();

  /**
   * Element {@code c} of the line at {@code from + r * fromStep} becomes element {@code r} of the
   * line at {@code to + c * toStep}, by way of {@code side()} lines at {@code buffer}.
   */
  void transpose(long from, long fromStep, long to, long toStep, long buffer);
}
