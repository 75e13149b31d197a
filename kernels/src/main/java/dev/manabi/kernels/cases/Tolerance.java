package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;

/**
 * How far a backend may be from the reference: {@code |actual - expected| <= absolute + relative *
 * |expected|}.
 *
 * @param relative for f32; other dtypes scale it by their own precision
 * @param absolute for f32, in units of inputs of about 1; scaled likewise
 * @param because why a correct kernel can differ that much
 */
public record Tolerance(double relative, double absolute, String because) {
  private static final double F32_STEP = 0x1p-23;

  /** Bit for bit, but for the sign and payload of NaN. */
  public static final Tolerance EXACT =
      new Tolerance(0, 0, "the result is an input, an integer, or rounded once");

  /** For functions of one number that a fast kernel computes by its own polynomial. */
  public static Tolerance steps(int steps) {
    return new Tolerance(
        steps * F32_STEP, Float.MIN_NORMAL, "a polynomial in f32 is a few steps off");
  }

  /** For sums of {@code terms} products of numbers of about 1. */
  public static Tolerance sum(long terms) {
    return new Tolerance(
        8 * F32_STEP, (terms + 8) * F32_STEP, "f32 rounds after each of " + terms + " additions");
  }

  /**
   * For such a sum inside a convolution that Winograd's transforms may compute: they weigh products
   * by up to 8 in each of two directions and cancel most of that again, but not its rounding. How
   * large the error is on average is tested apart.
   */
  public static Tolerance transformedSum(long terms) {
    return new Tolerance(
        8 * F32_STEP,
        64 * (terms + 8) * F32_STEP,
        "Winograd's transforms magnify the rounding of " + terms + " additions up to 64 times");
  }

  /** The same with the absolute part for inputs of about {@code scale}. */
  public Tolerance scaled(double scale) {
    return new Tolerance(relative, absolute * scale, because);
  }

  public boolean isExact() {
    return relative == 0 && absolute == 0;
  }

  /** Whether {@code actual} may stand for {@code expected}. */
  public boolean accepts(DType dtype, double expected, double actual) {
    if (Double.compare(expected, actual) == 0) {
      return true;
    }
    if (isExact() || !dtype.isFloating()) {
      return false;
    }
    // Two infinities are equal or infinitely far apart; a NaN is near to nothing.
    return expected == actual || Math.abs(actual - expected) <= bound(dtype, expected);
  }

  /** The largest difference allowed from {@code expected}. */
  public double bound(DType dtype, double expected) {
    double size = Double.isInfinite(expected) ? 0 : Math.abs(expected);
    double f32 = absolute + relative * size;
    return switch (dtype) {
      case F32 -> f32;
      case F64 -> f32 * 0x1p-29;
      // Computed in f32; a tiny difference there may round to the neighbour here.
      case F16 -> f32 + size * 0x1p-10 + 0x1p-24;
      case BF16 -> f32 + size * 0x1p-7 + 0x1p-133;
      case I64, I32, I8, U8, BOOL -> 0;
    };
  }
}
