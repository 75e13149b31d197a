package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ConvOp.Params;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Transposed convolution {@code [N, in, H, W] -> [N, out, OH, OW]}: upsamples by its stride. */
public final class ConvTranspose2d extends Module {
  private final Tensor weight;
  private final @Nullable Tensor bias;
  private final Params params;
  private final int outputPadding;

  /** A square kernel with stride 1, no padding, and a bias. */
  public ConvTranspose2d(int in, int out, int kernel) {
    this(in, out, kernel, options -> options);
  }

  public ConvTranspose2d(int in, int out, int kernel, UnaryOperator<ConvOptions> options) {
    ConvOptions o = options.apply(new ConvOptions(kernel));
    params = o.params();
    outputPadding = o.outputPadding();
    weight =
        parameter(
            "weight",
            Init.kaimingUniform(
                Tensors.zeros(in, out / params.groups(), o.kernelH(), o.kernelW()), Math.sqrt(5)));
    double bound = 1 / Math.sqrt(Init.fanIn(weight));
    bias = o.bias() ? parameter("bias", Init.uniform(Tensors.zeros(out), bound)) : null;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.convTranspose2d(weight, bias, params, outputPadding, outputPadding);
  }

  @Override
  protected String describe() {
    int out = weight.size(1) * params.groups();
    return weight.size(0) + ", " + out + ConvOptions.describe(weight, bias != null, params);
  }
}
