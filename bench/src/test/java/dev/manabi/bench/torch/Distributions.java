package dev.manabi.bench.torch;

import java.util.Arrays;

/** The two-sample test of Kolmogorov and Smirnov: do two samples come from one distribution? */
final class Distributions {
  /** Samples of one distribution come farther apart than this about once in 15,000 times. */
  private static final double CRITICAL = 2.27;

  private Distributions() {}

  /** Empty if {@code a} and {@code b} may come from one distribution. */
  static String difference(String what, double[] a, double[] b) {
    double distance = distance(a.clone(), b.clone());
    double bound = CRITICAL * Math.sqrt((double) (a.length + b.length) / a.length / b.length);
    return distance <= bound
        ? ""
        : "%s: distribution functions are %.4f apart, expected at most %.4f"
            .formatted(what, distance, bound);
  }

  /** The largest difference of the two empirical distribution functions. */
  private static double distance(double[] a, double[] b) {
    Arrays.sort(a);
    Arrays.sort(b);
    double largest = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      double at = Math.min(a[i], b[j]);
      while (i < a.length && a[i] == at) {
        i++;
      }
      while (j < b.length && b[j] == at) {
        j++;
      }
      largest = Math.max(largest, Math.abs((double) i / a.length - (double) j / b.length));
    }
    return largest;
  }
}
