package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;

/** Normalisation of each sample over groups of channels (Wu and He 2018). */
public final class GroupNorm extends Module {
  private final int groups;
  private final double eps;
  private final Tensor weight;
  private final Tensor bias;

  /** {@code eps} 1e-5. */
  public GroupNorm(int groups, int channels) {
    this(groups, channels, 1e-5);
  }

  public GroupNorm(int groups, int channels, double eps) {
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "GroupNorm: "
              + channels
              + " channels do not split into "
              + groups
              + " groups\n  fix: channels must be a multiple of groups");
    }
    this.groups = groups;
    this.eps = eps;
    weight = parameter("weight", Tensors.ones(channels));
    bias = parameter("bias", Tensors.zeros(channels));
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.groupNorm(groups, weight, bias, eps);
  }

  @Override
  protected String describe() {
    return groups + ", " + weight.size(0) + ", eps=" + Texts.number(eps) + ", affine=True";
  }
}
