package dev.manabi.kernels.cpu;

/** Loops that move elements of one size, whatever their type; see {@link Moves}. */
interface Mover {
  /**
   * Copies {@code n} elements {@code fromStep} bytes apart to places {@code toStep} bytes apart.
   */
  void row(long from, long fromStep, long to, long toStep, long n);

  /**
   * Transposes a tile: element {@code (r, c)}, which is the {@code r}-th of the line at {@code from
   * + c * fromStep}, becomes the {@code c}-th of the line at {@code to + r * toStep}.
   */
  void transpose(long from, long fromStep, long to, long toStep, int rows, int columns);
}
