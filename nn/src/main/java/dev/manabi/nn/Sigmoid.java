package dev.manabi.nn;

import dev.manabi.tensor.Tensor;

/** {@code 1 / (1 + exp(-x))}. */
public final class Sigmoid extends Activation {
  public Sigmoid() {
    super(Tensor::sigmoid);
  }
}
