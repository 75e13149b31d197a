package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;

/** Normalisation of each sample over its last dimensions (Ba et al. 2016). */
public final class LayerNorm extends Module {
  private final double eps;
  private final Tensor weight;
  private final Tensor bias;

  /** Over the last {@code sizes.length} dimensions, which must have these sizes; eps is 1e-5. */
  public LayerNorm(int... sizes) {
    this(1e-5, sizes);
  }

  public LayerNorm(double eps, int... sizes) {
    this.eps = eps;
    weight = parameter("weight", Tensors.ones(sizes));
    bias = parameter("bias", Tensors.zeros(sizes));
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.layerNorm(weight, bias, eps);
  }

  @Override
  protected String describe() {
    String sizes = weight.shape().toString().replace('[', '(').replace(']', ')');
    return (weight.rank() == 1 ? sizes.replace(")", ",)") : sizes)
        + ", eps="
        + Texts.number(eps)
        + ", elementwise_affine=True";
  }
}
