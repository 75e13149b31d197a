package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention with several heads (Vaswani et al. 2017). Inputs and outputs are
 * {@code [N, L, D]}; parameter names and initial values are PyTorch's.
 */
public final class MultiheadAttention extends Module {
  private final int heads;
  private final Tensor inWeight;
  private final Tensor inBias;
  private final Linear out;

  /** {@code size} is D and a multiple of {@code heads}. */
  public MultiheadAttention(int size, int heads) {
    if (size % heads != 0) {
      throw new IllegalArgumentException(
          "MultiheadAttention: size " + size + " does not split into " + heads + " heads");
    }
    this.heads = heads;
    inWeight = parameter("in_proj_weight", Init.xavierUniform(Tensors.zeros(3 * size, size)));
    inBias = parameter("in_proj_bias", Tensors.zeros(3 * size));
    out = child("out_proj", new Linear(size, size));
    Init.constant(java.util.Objects.requireNonNull(out.bias()), 0);
  }

  /** Self-attention. */
  @Override
  public Tensor forward(Tensor x) {
    return attend(x, x, x, null);
  }

  /**
   * Attention of {@code query [N, L, D]} over {@code key} and {@code value [N, S, D]}.
   *
   * @param mask bool, broadcast to {@code [N, heads, L, S]}: true forbids a place
   */
  public Tensor attend(Tensor query, Tensor key, Tensor value, @Nullable Tensor mask) {
    Tensor q = project(query, 0);
    Tensor k = project(key, 1);
    Tensor v = project(value, 2);
    Tensor scores = q.matmul(k.t()).mul(1 / Math.sqrt(q.size(-1)));
    if (mask != null) {
      scores = scores.maskedFill(mask, Double.NEGATIVE_INFINITY);
    }
    Tensor mixed = scores.softmax(-1).matmul(v);
    return out.apply(mixed.transpose(1, 2).flatten(2, 3));
  }

  /** {@code [N, L, D] -> [N, heads, L, D / heads]} by the part of the joint projection. */
  private Tensor project(Tensor x, int part) {
    int d = inWeight.size(1);
    Tensor y = x.linear(inWeight.narrow(0, part * d, d), inBias.narrow(0, part * d, d));
    return y.reshape(x.size(0), x.size(1), heads, d / heads).transpose(1, 2);
  }

  @Override
  protected String describe() {
    return inWeight.size(1) + ", " + heads;
  }
}
