package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/** {@code x [.., in] -> x * weight^T + bias [.., out]}. */
public final class Linear extends Module {
  private final Tensor weight;
  private final @Nullable Tensor bias;

  /** With a bias; weights and bias start uniform on {@code +-1 / sqrt(in)}. */
  public Linear(int in, int out) {
    this(in, out, true);
  }

  public Linear(int in, int out, boolean withBias) {
    weight = parameter("weight", Init.kaimingUniform(Tensors.zeros(out, in), Math.sqrt(5)));
    bias = withBias ? parameter("bias", Init.uniform(Tensors.zeros(out), 1 / Math.sqrt(in))) : null;
  }

  public Tensor weight() {
    return weight;
  }

  public @Nullable Tensor bias() {
    return bias;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.linear(weight, bias);
  }

  @Override
  protected String describe() {
    return "in_features="
        + weight.size(1)
        + ", out_features="
        + weight.size(0)
        + ", bias="
        + Texts.python(bias != null);
  }
}
