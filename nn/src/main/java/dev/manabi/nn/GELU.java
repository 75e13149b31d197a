package dev.manabi.nn;

import dev.manabi.tensor.Tensor;

/** {@code x * Phi(x)} with the normal distribution function Phi (Hendrycks and Gimpel 2016). */
public final class GELU extends Activation {
  public GELU() {
    super(Tensor::gelu);
  }
}
