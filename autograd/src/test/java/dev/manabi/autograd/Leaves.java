package dev.manabi.autograd;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.Objects;

/** Leaves of graphs, and the gradients that they collect. */
final class Leaves {
  private Leaves() {}

  static Tensor leaf(double... values) {
    return Tensors.of(values).requiresGrad(true);
  }

  static double[] grad(Tensor t) {
    return Objects.requireNonNull(t.grad()).toDoubleArray();
  }

  static double[] d(double... values) {
    return values;
  }
}
