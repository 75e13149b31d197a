package dev.manabi.kernels.cpu;

/**
 * What a {@link Reduction} keeps of a block of elements, and how two blocks' values become one. A
 * block is named by the number of its first element, so that an implementation can look into
 * several tensors that lie alike.
 *
 * <p>The values are {@link #width} planes of numbers: value {@code k} of result {@code i} is at
 * {@code k * plane + i}.
 */
interface Partial {
  /** How many numbers are kept for one result. */
  int width();

  /** Address of an element of the tensor that is read first. */
  long address(long element);

  /**
   * Takes in {@code n} neighbouring elements.
   *
   * @param kept number of the result before any other segment is reduced
   */
  void run(long element, long n, int kept, double[] into, int plane, int at);

  /** Takes in {@code cols} columns of {@code rows} rows, {@code stride} elements apart. */
  void columns(
      long element, long rows, long stride, int cols, int kept, double[] into, int plane, int at);

  /** Sets results {@code [i, i + n)} to what they are for no element. */
  void clear(double[] into, int plane, int i, int n);

  /** Joins {@code n} results {@code from[j..]} to {@code into[i..]}. */
  void join(double[] into, int plane, int i, double[] from, int fromPlane, int j, int n);
}
