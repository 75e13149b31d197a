package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.LinalgOp;
import dev.manabi.tensor.op.Op;
import org.jspecify.annotations.Nullable;

/** {@code x [.., in] -> x * weight^T + bias [.., out]}. */
public final class Linear extends AffineLayer {
  /** With a bias; weights and bias start uniform on {@code +-1 / sqrt(in)}. */
  public Linear(int in, int out) {
    this(in, out, true);
  }

  public Linear(int in, int out, boolean withBias) {
    super(
        Init.kaimingUniform(Tensors.zeros(out, in), Math.sqrt(5)),
        withBias ? Init.uniform(Tensors.zeros(out), 1 / Math.sqrt(in)) : null);
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.linear(weight(), bias());
  }

  @Override
  Op op() {
    return new LinalgOp.Linear();
  }

  @Override
  Tensor forwardRelu(Tensor x, @Nullable Tensor residual) {
    return x.linearRelu(weight(), bias(), residual);
  }

  @Override
  protected String describe() {
    return "in_features="
        + weight().size(1)
        + ", out_features="
        + weight().size(0)
        + ", bias="
        + Texts.python(bias() != null);
  }
}
