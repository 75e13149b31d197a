package dev.manabi.kernels.cpu;

/** The loops of one {@link Fold}. Addresses are of f32 elements, strides in elements. */
interface FoldKernel {
  /** Joins {@code n} neighbouring elements of {@code x}, with {@code y} beside them. */
  double run(long x, long y, long n, float m);

  /**
   * Joins each of {@code cols} neighbouring columns over {@code rows} rows, into {@code into[at..]}
   * joined with what is there.
   *
   * @param stride from row to row
   * @param m one constant per column, from {@code m[mAt]} on
   */
  void columns(
      long x, long y, long rows, long stride, int cols, float[] m, int mAt, double[] into, int at);

  /** Joins {@code n} numbers {@code from[j..]} to {@code into[i..]}. */
  void join(double[] into, int i, double[] from, int j, int n);

  double identity();
}
