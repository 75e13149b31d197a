package dev.manabi.kernels.cpu;

/**
 * The inner loop of an op: a function of {@code n} elements that lie in a row.
 *
 * <p>Operand {@code k} has its first element at address {@code at[k]} and the next ones {@code
 * step[k]} bytes apart, inputs before outputs. The step is either the size of an element or, for an
 * input that is one value repeated, 0; such a value stands {@link #lanes} times at its address, so
 * that a vector load reads it repeated. {@code n} is a multiple of {@link #lanes}. An output may be
 * the very memory of an input.
 */
interface RowKernel {
  /** How many elements one step of the loop computes: a power of two. */
  int lanes();

  /**
   * The bits of an element that is nothing special to this kernel. Such stand behind the last
   * elements of a row and in rehearsals; 0 if it may be anything.
   */
  default long filler() {
    return 0;
  }

  void run(long[] at, int[] step, int n);
}
