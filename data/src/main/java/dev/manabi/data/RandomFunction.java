package dev.manabi.data;

import java.util.random.RandomGenerator;

/**
 * A function that may draw random numbers, from the generator it is given and nowhere else.
 *
 * @param <T> what it takes
 * @param <R> what it returns
 */
@FunctionalInterface
public interface RandomFunction<T, R> {
  /** Computes the result for {@code value}. */
  R apply(T value, RandomGenerator random);
}
