package dev.manabi.kernels.cpu;

/** What is done with one row of equal windows over channels-last pixels. */
interface WindowKernel {
  /** The ways between a window and the element that stands for it. */
  enum Way {
    /** The largest of a window and its place, an i32. */
    MAX,
    /** The mean of a window. */
    MEAN,
    /** The small element to its place, zeros elsewhere in the window. */
    TO_PLACE,
    /** An equal share of the small element to each place of the window. */
    SPREAD
  }

  /**
   * Visits {@code count} windows from left to right.
   *
   * @param large address of the first pixel of the first window
   * @param small address of the small row, of pixels side by side
   * @param index address of the places of that row, of as many i32; 0 for ways without
   * @param first the number of that pixel in its plane
   * @param step pixels from window to window
   * @param places where a window's pixels are, counted from its first
   * @param divisor of MEAN and SPREAD
   */
  void row(
      long large,
      long small,
      long index,
      int count,
      int channels,
      int first,
      int step,
      int[] places,
      float divisor);
}
