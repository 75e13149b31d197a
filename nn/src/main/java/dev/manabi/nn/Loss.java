package dev.manabi.nn;

import dev.manabi.tensor.Tensor;

/** Compares a model's output with its target. {@link Losses} has the usual ones. */
@FunctionalInterface
public interface Loss {
  /** The loss: one number unless the loss says otherwise. */
  Tensor apply(Tensor output, Tensor target);
}
