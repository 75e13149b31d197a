package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.run.Infer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the layers share that multiply by a weight {@code [out, ..]} and add a bias {@code [out]}.
 */
public abstract sealed class AffineLayer extends Module permits Conv2d, Linear {
  private final Tensor weight;
  private @Nullable Tensor bias;

  AffineLayer(Tensor weight, @Nullable Tensor bias) {
    this.weight = parameter("weight", weight);
    this.bias = bias == null ? null : parameter("bias", bias);
  }

  public final Tensor weight() {
    return weight;
  }

  public final @Nullable Tensor bias() {
    return bias;
  }

  /** What this layer runs on {@code (x, weight)}. */
  abstract Op op();

  /** {@code relu(forward(x) + residual)} in one pass. */
  abstract Tensor forwardRelu(Tensor x, @Nullable Tensor residual);

  /** {@code apply(x).relu()}, in one pass unless this layer has hooks. */
  public final Tensor relu(Tensor x) {
    return hasHooks() ? apply(x).relu() : located(() -> forwardRelu(x, null));
  }

  /**
   * {@code apply(x).add(residual).relu()}, in one pass unless this layer has hooks or {@code
   * residual} another shape or dtype than its output.
   */
  public final Tensor addRelu(Tensor x, Tensor residual) {
    return located(
        () -> {
          TensorSpec y = Infer.outputs(op(), x.spec(), weight.spec())[0];
          boolean alike = residual.shape().equals(y.shape()) && residual.dtype() == y.dtype();
          return hasHooks() || !alike ? apply(x).add(residual).relu() : forwardRelu(x, residual);
        });
  }

  /**
   * Makes of {@code y} what {@code scale * y + shift} was, with numbers for each of its channels.
   */
  final void scaleAndShift(Tensor scale, Tensor shift) {
    int[] perRow = new int[weight.rank()];
    Arrays.fill(perRow, 1);
    perRow[0] = -1;
    weight.mul_(scale.reshape(perRow));
    if (bias == null) {
      bias = parameter("bias", shift);
    } else {
      bias.mul_(scale).add_(shift);
    }
  }
}
