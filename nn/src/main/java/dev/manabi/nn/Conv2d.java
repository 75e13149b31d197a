package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ConvOp.Params;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Convolution {@code [N, in, H, W] -> [N, out, OH, OW]}. */
public final class Conv2d extends Module {
  private final Tensor weight;
  private final @Nullable Tensor bias;
  private final Params params;

  /** A square kernel with stride 1, no padding, and a bias. */
  public Conv2d(int in, int out, int kernel) {
    this(in, out, kernel, options -> options);
  }

  /** For example {@code new Conv2d(64, 128, 3, o -> o.stride(2).padding(1).bias(false))}. */
  public Conv2d(int in, int out, int kernel, UnaryOperator<ConvOptions> options) {
    ConvOptions o = options.apply(new ConvOptions(kernel));
    params = o.params();
    if (in % params.groups() != 0 || out % params.groups() != 0) {
      throw new IllegalArgumentException(
          "Conv2d: "
              + in
              + " input and "
              + out
              + " output channels do not split into "
              + params.groups()
              + " groups\n  fix: both must be multiples of groups");
    }
    weight =
        parameter(
            "weight",
            Init.kaimingUniform(
                Tensors.zeros(out, in / params.groups(), o.kernelH(), o.kernelW()), Math.sqrt(5)));
    double bound = 1 / Math.sqrt(Init.fanIn(weight));
    bias = o.bias() ? parameter("bias", Init.uniform(Tensors.zeros(out), bound)) : null;
  }

  public Tensor weight() {
    return weight;
  }

  public @Nullable Tensor bias() {
    return bias;
  }

  public Params params() {
    return params;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.conv2d(weight, bias, params);
  }

  @Override
  protected String describe() {
    int in = weight.size(1) * params.groups();
    return in + ", " + weight.size(0) + ConvOptions.describe(weight, bias != null, params);
  }
}
