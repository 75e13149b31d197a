package dev.manabi.data;

import java.util.random.RandomGenerator;

/** A dataset seen through a function. */
record Mapped<T, R>(Dataset<T> source, RandomFunction<? super T, ? extends R> function)
    implements Dataset<R> {
  @Override
  public int size() {
    return source.size();
  }

  @Override
  public R get(int index, RandomGenerator random) {
    return function.apply(source.get(index, random), random);
  }
}
