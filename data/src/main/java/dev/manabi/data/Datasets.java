package dev.manabi.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Ways to divide a dataset. */
public final class Datasets {
  /** Separates the draws of a split from those of an epoch's shuffle under the same seed. */
  private static final int SPLIT = -1;

  private Datasets() {}

  /** The first {@code count} examples. */
  public static <T> Subset<T> take(Dataset<T> dataset, int count) {
    return new Subset<>(dataset, Permutation.identity(count));
  }

  /**
   * Divides a dataset at random into parts that share no example.
   *
   * @param seed the same seed gives the same parts
   * @param lengths size of each part; together the size of the dataset
   * @throws IllegalArgumentException if they are not
   */
  public static <T> List<Subset<T>> randomSplit(Dataset<T> dataset, long seed, int... lengths) {
    long sum = 0;
    for (int length : lengths) {
      sum += length;
    }
    if (sum != dataset.size() || Arrays.stream(lengths).anyMatch(length -> length < 0)) {
      throw new IllegalArgumentException(
          """
          randomSplit: the lengths do not divide the dataset
            lengths %s, sum %,d    dataset %,d examples
            fix: give lengths from 0 up that sum to the dataset's size, or fractions\
          """
              .formatted(Arrays.toString(lengths), sum, dataset.size()));
    }
    int[] order = Permutation.of(dataset.size(), seed, SPLIT);
    List<Subset<T>> parts = new ArrayList<>();
    int from = 0;
    for (int length : lengths) {
      parts.add(new Subset<>(dataset, Arrays.copyOfRange(order, from, from + length)));
      from += length;
    }
    return parts;
  }

  /**
   * Divides a dataset at random into parts of given shares. Each part gets the floor of its share;
   * what is left goes one by one to the first parts.
   *
   * @param seed the same seed gives the same parts
   * @param fractions share of each part, 0 to 1; together 1
   * @throws IllegalArgumentException if they are not
   */
  public static <T> List<Subset<T>> randomSplit(
      Dataset<T> dataset, long seed, double... fractions) {
    double sum = Arrays.stream(fractions).sum();
    if (Math.abs(sum - 1) > 1e-6 || Arrays.stream(fractions).anyMatch(f -> !(f >= 0))) {
      throw new IllegalArgumentException(
          """
          randomSplit: the fractions do not divide the dataset
            fractions %s, sum %s
            fix: give fractions from 0 up that sum to 1\
          """
              .formatted(Arrays.toString(fractions), sum));
    }
    int[] lengths = new int[fractions.length];
    // The small addend undoes roundings such as 0.29 * 100 = 28.999999999999996.
    Arrays.setAll(lengths, i -> (int) Math.floor(fractions[i] * dataset.size() + 1e-6));
    int left = dataset.size() - Arrays.stream(lengths).sum();
    for (int i = 0; i < left; i++) {
      lengths[i % lengths.length]++;
    }
    return randomSplit(dataset, seed, lengths);
  }
}
