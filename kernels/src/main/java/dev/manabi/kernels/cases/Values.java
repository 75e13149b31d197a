package dev.manabi.kernels.cases;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What stands in a tensor of an {@link OpCase}.
 *
 * @param name for the name of the case
 * @param generator how to make so many numbers
 */
public record Values(String name, Generator generator) {
  /** Makes the elements of a tensor in row-major order. */
  @FunctionalInterface
  public interface Generator {
    double[] make(int count, SplittableRandom random);
  }

  /** Standard normal: hardly ever zero, an integer, or equal to another. */
  public static final Values NORMAL = each("normal", SplittableRandom::nextGaussian);

  /** Multiples of 1/64 and a quarter of that: all different, none near zero, an integer, a half. */
  public static final Values DISTINCT = spaced("distinct", 0.25);

  /** As {@link #DISTINCT}, but none near one of those. */
  public static final Values ALSO_DISTINCT = spaced("also distinct", 0.75);

  /** Either sign, and between 0.5 and 2.5 in size: to divide by. */
  public static final Values AWAY_FROM_ZERO =
      each("away from zero", r -> r.nextDouble(0.5, 2.5) * (r.nextBoolean() ? 1 : -1));

  /** Between 0.25 and 4. */
  public static final Values POSITIVE = uniform(0.25, 4);

  /** So few different numbers that many are equal. */
  public static final Values TIES = integers(-2, 3);

  /** Zeros of both signs. */
  public static final Values ZEROS = pick("zeros", 0.0, -0.0);

  /** Below the smallest normal f32. */
  public static final Values TINY = each("tiny", r -> 1e-39 * r.nextGaussian());

  /** Sums of two stay in the range of f32, products do not. */
  public static final Values LARGE = each("large", r -> 1e37 * r.nextGaussian());

  /** NaN, infinities, zeros, numbers at the ends of f32, and halves that rounding must decide. */
  public static final Values SPECIAL =
      pick(
          "special",
          0.0,
          -0.0,
          1,
          -1,
          0.5,
          -0.5,
          1.5,
          2.5,
          -2.5,
          1e-40,
          -1e-40,
          1e-30,
          Float.MIN_NORMAL,
          88,
          -87,
          -104,
          1e4,
          -1e4,
          Float.MAX_VALUE,
          -Float.MAX_VALUE,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          Double.NaN);

  /** Special numbers whose sum does not depend on the order in which they are added. */
  public static final Values SPECIAL_TERMS =
      pick(
          "special terms",
          0.0,
          -0.0,
          1,
          -1,
          0.5,
          -2.5,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          Double.NaN);

  /** Each number by itself. */
  public static Values each(String name, ToDoubleFunction<SplittableRandom> f) {
    return new Values(
        name,
        (n, random) -> IntStream.range(0, n).mapToDouble(i -> f.applyAsDouble(random)).toArray());
  }

  /** Uniform on {@code [low, high)}. */
  public static Values uniform(double low, double high) {
    return each("from " + low + " to " + high, r -> r.nextDouble(low, high));
  }

  /** Integers of {@code low .. high - 1}. */
  public static Values integers(long low, long high) {
    return each("integers from " + low + " to " + (high - 1), r -> r.nextLong(low, high));
  }

  /** Any of these. */
  public static Values pick(String name, double... pool) {
    return each(name, r -> pool[r.nextInt(pool.length)]);
  }

  /** Zero at every third place, from the first on, and 1 or -1 at the others. */
  public static final Values EVERY_THIRD_ZERO =
      new Values(
          "every third zero",
          (n, random) ->
              IntStream.range(0, n)
                  .mapToDouble(i -> i % 3 == 0 ? 0 : random.nextBoolean() ? 1 : -1)
                  .toArray());

  /** Runs of {@code run} numbers, each run without repetition from {@code 0 .. bound - 1}. */
  public static Values distinct(int bound, int run) {
    return new Values(
        "distinct below " + bound,
        (n, random) -> {
          double[] values = new double[n];
          for (int from = 0; from < n; from += run) {
            int[] deck = shuffled(bound, random);
            for (int i = from; i < Math.min(n, from + run); i++) {
              values[i] = deck[i - from];
            }
          }
          return values;
        });
  }

  private static Values spaced(String name, double offset) {
    return new Values(
        name,
        (n, random) ->
            Arrays.stream(shuffled(n, random))
                .mapToDouble(i -> (i - n / 2 + offset) / 64)
                .toArray());
  }

  private static int[] shuffled(int n, SplittableRandom random) {
    int[] deck = IntStream.range(0, n).toArray();
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int card = deck[i];
      deck[i] = deck[j];
      deck[j] = card;
    }
    return deck;
  }

  @Override
  public String toString() {
    return name;
  }
}
