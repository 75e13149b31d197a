package dev.manabi.nn;

import dev.manabi.tensor.Tensor;

/** The hyperbolic tangent. */
public final class Tanh extends Activation {
  public Tanh() {
    super(Tensor::tanh);
  }
}
