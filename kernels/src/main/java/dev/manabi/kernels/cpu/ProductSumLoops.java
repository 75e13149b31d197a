package dev.manabi.kernels.cpu;

/** The vector loop of one kind of {@link ProductSums}. */
interface ProductSumLoops {
  /**
   * Adds the sums of each of {@code cols} neighbouring columns over {@code rows} rows, {@code
   * stride} elements apart: those of the terms to {@code into[at..]}, those of the products one
   * plane on.
   */
  void columns(long a, long b, long rows, long stride, int cols, double[] into, int plane, int at);
}
