package dev.manabi.data;

import java.util.Arrays;

/** The order of a dataset's examples. */
final class Permutation {
  /** Separates the draws of a shuffle from those of any example. */
  private static final int SHUFFLE = -1;

  private Permutation() {}

  /** The numbers 0 to {@code n - 1} in an order that depends on (seed, epoch) only. */
  static int[] of(int n, long seed, int epoch) {
    int[] order = identity(n);
    var random = new ExampleRandom(seed, epoch, SHUFFLE);
    // Durstenfeld's form of the Fisher-Yates shuffle (Algorithm 235, CACM 1964).
    for (int i = n - 1; i > 0; i--) {
      int j = below(random.nextLong(), i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  /** The numbers 0 to {@code n - 1} in order. */
  static int[] identity(int n) {
    int[] order = new int[n];
    Arrays.setAll(order, i -> i);
    return order;
  }

  /**
   * Maps 64 random bits to 0 .. bound - 1 by the high half of a product; the bias is below 2^-33.
   */
  private static int below(long bits, int bound) {
    return (int) Math.unsignedMultiplyHigh(bits, bound);
  }
}
