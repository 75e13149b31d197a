package dev.manabi.tensor.op;

import dev.manabi.tensor.Ints;

/**
 * Normalisation to zero mean and unit variance over some axes, then an affine map. One op is batch
 * norm (axes 0, 2, 3; Ioffe and Szegedy 2015), layer norm (the last axes; Ba et al. 2016) and group
 * norm (on {@code [N, G, C / G, H, W]}, axes 2, 3, 4; Wu and He 2018).
 */
public sealed interface NormOp extends Op {
  Ints axes();

  /**
   * {@code (x, weight, bias) -> (y, mean, rstd)}: {@code y = (x - mean) * rstd * weight + bias}
   * with {@code rstd = 1 / sqrt(var + eps)} and the biased variance. {@code weight} and {@code
   * bias} have the rank of {@code x} and broadcast to it; {@code mean} and {@code rstd} keep the
   * reduced axes with size 1.
   */
  record Norm(Ints axes, double eps) implements NormOp {
    @Override
    public String name() {
      return "norm";
    }
  }

  /**
   * {@code (gradOut, x, weight, mean, rstd) -> (gradX, gradWeight, gradBias)}: the gradient of
   * {@link Norm}'s first output; {@code gradWeight} and {@code gradBias} have the shape of {@code
   * weight}.
   */
  record NormGrad(Ints axes) implements NormOp {
    @Override
    public String name() {
      return "norm_grad";
    }
  }
}
