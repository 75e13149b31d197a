package dev.manabi.kernels.reference;

/** The order that maxima, sorting and top-k share: NaN is the largest number, and -0 equals 0. */
final class Order {
  private Order() {}

  /** Negative, zero or positive as {@code a} is below, beside or above {@code b}. */
  static int compare(double a, double b) {
    if (a < b) {
      return -1;
    }
    if (a > b) {
      return 1;
    }
    // Equal, or at least one of them is NaN.
    return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
  }
}
