package dev.manabi.nn;

import dev.manabi.tensor.Tensor;

/**
 * In training, zeros each element with probability {@code p} and scales the rest by {@code 1 / (1 -
 * p)} (Srivastava et al. 2014); in evaluation, the identity.
 */
public final class Dropout extends Module {
  private final double p;

  /** Probability 0.5. */
  public Dropout() {
    this(0.5);
  }

  public Dropout(double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("Dropout: p must be in [0, 1], found " + p);
    }
    this.p = p;
  }

  @Override
  public Tensor forward(Tensor x) {
    return isTraining() ? x.dropout(p) : x;
  }

  @Override
  protected String describe() {
    return "p=" + Texts.number(p) + ", inplace=False";
  }
}
