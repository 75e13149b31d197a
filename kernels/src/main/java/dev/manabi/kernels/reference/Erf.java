package dev.manabi.kernels.reference;

/**
 * The error function {@code erf(x) = 2 / sqrt(pi) * integral of exp(-t^2) from 0 to x}, by two
 * formulas of Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), chapter 7.
 */
final class Erf {
  /** Above it {@code 1 - erf(x)} is below half a unit in the last place of 1. */
  private static final double ONE_FROM = 6;

  private static final double SERIES_UP_TO = 2;
  private static final int FRACTION_DEPTH = 60;

  private Erf() {}

  static double erf(double x) {
    double a = Math.abs(x);
    if (a <= SERIES_UP_TO) {
      return series(x);
    }
    if (a < ONE_FROM) {
      return Math.copySign(1 - fraction(a), x);
    }
    return Double.isNaN(x) ? x : Math.copySign(1, x);
  }

  /**
   * Formula 7.1.6: {@code erf(x) = 2 / sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) /
   * (1*3*..*(2n+1))}. All terms have one sign, so that nothing cancels.
   */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  /**
   * Formula 7.1.14 for {@code 1 - erf(x)}: {@code exp(-x^2) / sqrt(pi) * 1 / (x + (1/2) / (x + 1 /
   * (x + (3/2) / (x + ..))))}, from the innermost term outwards.
   */
  private static double fraction(double x) {
    double tail = x;
    for (int n = FRACTION_DEPTH; n > 0; n--) {
      tail = x + n / 2.0 / tail;
    }
    return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
  }
}
