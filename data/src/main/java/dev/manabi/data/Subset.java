package dev.manabi.data;

import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Some examples of another dataset, in a given order.
 *
 * @param <T> what an example is
 */
public final class Subset<T> implements Dataset<T> {
  private final Dataset<T> source;
  private final int[] indices;

  /**
   * The examples of {@code source} at {@code indices}; an index may stand there twice.
   *
   * @throws IndexOutOfBoundsException if an index is not in {@code source}
   */
  public Subset(Dataset<T> source, int... indices) {
    for (int index : indices) {
      Objects.checkIndex(index, source.size());
    }
    this.source = source;
    this.indices = indices.clone();
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public T get(int index, RandomGenerator random) {
    return source.get(indices[index], random);
  }

  /** Where each example of this subset stands in the source. */
  public int[] indices() {
    return indices.clone();
  }
}
