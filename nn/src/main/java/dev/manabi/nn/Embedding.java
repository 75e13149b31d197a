package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;

/** A table of vectors, looked up by index: integers {@code [..] -> [.., size]}. */
public final class Embedding extends Module {
  private final Tensor weight;

  /** {@code count} vectors of {@code size} numbers, standard normal at first. */
  public Embedding(int count, int size) {
    weight = parameter("weight", Init.normal(Tensors.zeros(count, size), 1));
  }

  @Override
  public Tensor forward(Tensor index) {
    return weight.embedding(index);
  }

  @Override
  protected String describe() {
    return weight.size(0) + ", " + weight.size(1);
  }
}
