package dev.manabi.tensor.op;

import dev.manabi.tensor.Ints;

/**
 * Normalisation to zero mean and unit variance over some axes, then an affine map. One op is batch
 * norm (axes 0, 2, 3; Ioffe and Szegedy 2015), layer norm (the last axes; Ba et al. 2016) and group
 * norm (on {@code [N, G, C / G, H, W]}, axes 2, 3, 4; Wu and He 2018).
 */
public sealed interface NormOp extends Op {

  /**
   * {@code (x, weight, bias) -> (y, mean, rstd)}: {@code y = (x - mean) * rstd * weight + bias}
   * with {@code rstd = 1 / sqrt(var + eps)} and the biased variance. {@code weight} and {@code
   * bias} have the rank of {@code x} and broadcast to it; {@code mean} and {@code rstd} keep the
   * reduced axes with size 1.
   *
   * <p>A fourth input {@code residual}, of the shape of {@code x}, is added to {@code y}, and then,
   * if {@code relu}, {@code y} is {@code max(y, 0)}: what would be a pass over memory each.
   */
  record Norm(Ints axes, double eps, boolean relu) implements NormOp {
    /** Without ReLU. */
    public Norm(Ints axes, double eps) {
      this(axes, eps, false);
    }

    @Override
    public String name() {
      return "norm";
    }
  }

  /**
   * {@code (gradOut, x, weight, mean, rstd) -> (gradX, gradWeight, gradBias)}: the gradient of
   * {@link Norm}'s first output; {@code gradWeight} and {@code gradBias} have the shape of {@code
   * weight}.
   *
   * <p>After a {@code relu} there is a sixth input, that output {@code y}: {@code gradOut} counts
   * only where it is positive. The part of it that counts, which is the gradient of a {@code
   * residual}, is then a fourth output if asked for.
   */
  record NormGrad(Ints axes, boolean relu, boolean residual) implements NormOp {
    public NormGrad {
      if (residual && !relu) {
        throw new IllegalArgumentException(
            "norm_grad: without ReLU the gradient of the residual is gradOut itself");
      }
    }

    /** Without ReLU. */
    public NormGrad(Ints axes) {
      this(axes, false, false);
    }

    @Override
    public String name() {
      return "norm_grad";
    }
  }

  /**
   * {@code (runningMean, runningVar, mean, rstd) -> (runningMean, runningVar)}, all of one shape:
   * moves the running statistics towards those that {@link Norm} returned for {@code count}
   * elements each, by the share {@code momentum}; the variance is made unbiased first. It may be
   * run in place.
   */
  record RunningStatistics(double momentum, double eps, double count) implements NormOp {
    /** The factor that makes a biased variance unbiased; 1 for a single element. */
    public double unbias() {
      return count / Math.max(1, count - 1);
    }

    @Override
    public String name() {
      return "running_statistics";
    }
  }
}
