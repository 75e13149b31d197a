package dev.manabi.data;

import java.util.random.RandomGenerator;

/**
 * A fixed number of examples, each reached by its index.
 *
 * <p>Implementations are safe for use by many threads: the workers of a {@link DataLoader} read one
 * dataset together. All chance comes from the generator that {@link #get(int, RandomGenerator)} is
 * given, so an example depends on nothing but its index and that generator.
 *
 * @param <T> what an example is, such as {@link Example}
 */
public interface Dataset<T> {
  /** Number of examples. */
  int size();

  /**
   * The example at {@code index}.
   *
   * @param random where random transforms draw from
   * @throws IndexOutOfBoundsException unless {@code 0 <= index < size()}
   */
  T get(int index, RandomGenerator random);

  /** The example at {@code index}; random transforms always draw the same for the same index. */
  default T get(int index) {
    return get(index, new ExampleRandom(0, 0, index));
  }

  /**
   * This dataset with {@code function} applied to each example when it is asked for. A {@link
   * dev.manabi.data.transforms.Transform} is such a function.
   */
  default <R> Dataset<R> map(RandomFunction<? super T, ? extends R> function) {
    return new Mapped<>(this, function);
  }
}
