package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;

/**
 * Stochastic depth (Huang et al. 2016): in training, zeros whole samples of a residual branch with
 * probability {@code p} and scales the rest by {@code 1 / (1 - p)}.
 */
public final class DropPath extends Module {
  private final double p;

  public DropPath(double p) {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException("DropPath: p must be in [0, 1), found " + p);
    }
    this.p = p;
  }

  @Override
  public Tensor forward(Tensor x) {
    if (!isTraining() || p == 0) {
      return x;
    }
    int[] perSample = new int[x.rank()];
    java.util.Arrays.fill(perSample, 1);
    perSample[0] = x.size(0);
    return x.mul(Tensors.ones(perSample).dropout(p));
  }

  @Override
  protected String describe() {
    return "p=" + Texts.number(p);
  }
}
