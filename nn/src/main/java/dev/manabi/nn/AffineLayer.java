package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the layers share that multiply by a weight {@code [out, ..]} and add a bias {@code [out]}.
 */
abstract sealed class AffineLayer extends Module permits Conv2d, Linear {
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
