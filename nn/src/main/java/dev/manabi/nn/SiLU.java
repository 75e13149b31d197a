package dev.manabi.nn;

import dev.manabi.tensor.Tensor;

/** {@code x * sigmoid(x)}, also called swish (Elfwing et al. 2018). */
public final class SiLU extends Activation {
  public SiLU() {
    super(Tensor::silu);
  }
}
