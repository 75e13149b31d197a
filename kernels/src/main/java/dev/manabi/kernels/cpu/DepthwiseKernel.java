package dev.manabi.kernels.cpu;

/**
 * A loop over a row of windows that meet the same taps. The kernels are made by {@link
 * DepthwiseKernels}.
 */
interface DepthwiseKernel {
  /**
   * Computes outputs, or adds to the gradients of weights what outputs give; of the latter the
   * number of rows of the kernel is fixed, and {@code start} is not read.
   *
   * @param x address of what the first tap meets in the first window: the first of some vectors of
   *     channels
   * @param xStep bytes from pixel to pixel
   * @param xDown bytes from a row of the window to the next
   * @param start address of the vector with which sums begin
   * @param weights address of the vector of the first tap; those of a row lie side by side
   * @param wDown bytes from a row of taps to the next
   * @param wVector bytes from the start and the weights of a vector of channels to those of the
   *     next
   * @param y address of the first output or its gradient
   * @param yStep bytes from it to the next
   * @param rows of the kernel
   * @param outputs how many
   * @param vectors of channels, neighbours in x and y; one for gradients
   */
  void run(
      long x,
      long xStep,
      long xDown,
      long start,
      long weights,
      long wDown,
      long wVector,
      long y,
      long yStep,
      int rows,
      int outputs,
      int vectors);
}
