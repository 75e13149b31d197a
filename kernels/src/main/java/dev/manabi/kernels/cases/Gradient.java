package dev.manabi.kernels.cases;

import dev.manabi.tensor.Ints;

/**
 * What of an {@link OpCase} can be differentiated: all floating outputs with respect to these
 * inputs, whose values then stay clear of kinks, ties and poles.
 *
 * @param inputs which inputs
 * @param order 0 for not at all, 1 for the gradient, 2 also for the gradient of the gradient
 */
public record Gradient(Ints inputs, int order) {
  /** No gradient is defined, or not at these values. */
  public static final Gradient NONE = new Gradient(Ints.of(), 0);

  /** Twice differentiable in these inputs. */
  public static Gradient twice(int... inputs) {
    return new Gradient(Ints.of(inputs), 2);
  }
}
