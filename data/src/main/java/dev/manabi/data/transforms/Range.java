package dev.manabi.data.transforms;

import java.util.random.RandomGenerator;

/**
 * The interval a random parameter is drawn from, uniformly.
 *
 * @param min lower end
 * @param max upper end, not below {@code min}
 */
public record Range(double min, double max) {
  /**
   * Refuses what is not an interval.
   *
   * @throws IllegalArgumentException unless {@code min <= max} and both are finite
   */
  public Range {
    if (!(min <= max) || Double.isInfinite(max - min)) {
      throw new IllegalArgumentException(
          "range: "
              + min
              + " .. "
              + max
              + " is not an interval; fix: give min <= max, both finite");
    }
  }

  /**
   * The interval from {@code -reach} to {@code reach}.
   *
   * @throws IllegalArgumentException if {@code reach} is negative or not finite
   */
  public static Range around0(double reach) {
    return new Range(-reach, reach);
  }

  double draw(RandomGenerator random) {
    return min + (max - min) * random.nextDouble();
  }
}
