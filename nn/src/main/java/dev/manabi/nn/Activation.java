package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import java.util.function.UnaryOperator;

/** A layer without parameters that applies one function; the classes below name the usual ones. */
abstract sealed class Activation extends Module
    permits ReLU, LeakyReLU, GELU, SiLU, Sigmoid, Tanh, Softmax, LogSoftmax, Identity {
  private final UnaryOperator<Tensor> function;

  Activation(UnaryOperator<Tensor> function) {
    this.function = function;
  }

  @Override
  public final Tensor forward(Tensor x) {
    return function.apply(x);
  }
}
