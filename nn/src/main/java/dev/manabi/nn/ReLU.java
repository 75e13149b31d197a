package dev.manabi.nn;

import dev.manabi.tensor.Tensor;

/** {@code max(x, 0)}. */
public final class ReLU extends Activation {
  public ReLU() {
    super(Tensor::relu);
  }
}
