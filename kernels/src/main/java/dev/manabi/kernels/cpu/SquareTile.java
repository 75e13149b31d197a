package dev.manabi.kernels.cpu;

/** Transposes small squares of elements; written by {@link Transposes}. */
interface SquareTile {
  /**
   * In each of {@code count} squares, element {@code c} of the line at {@code from + r * fromStep}
   * becomes element {@code r} of the line at {@code to + c * toStep}.
   *
   * @param fromNext from square to square, in bytes
   * @param toNext likewise
   */
  void transpose(
      long from, long fromStep, long fromNext, long to, long toStep, long toNext, int count);
}
