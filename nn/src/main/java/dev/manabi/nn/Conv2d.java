package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ConvOp.Params;
import dev.manabi.tensor.op.Op;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Convolution {@code [N, in, H, W] -> [N, out, OH, OW]}. */
public final class Conv2d extends AffineLayer {
  private final Params params;

  /** A square kernel with stride 1, no padding, and a bias. */
  public Conv2d(int in, int out, int kernel) {
    this(in, out, kernel, options -> options);
  }

  /** For example {@code new Conv2d(64, 128, 3, o -> o.stride(2).padding(1).bias(false))}. */
  public Conv2d(int in, int out, int kernel, UnaryOperator<ConvOptions> options) {
    ConvOptions o = options.apply(new ConvOptions(kernel));
    Params p = o.params();
    if (in % p.groups() != 0 || out % p.groups() != 0) {
      throw new IllegalArgumentException(
          "Conv2d: "
              + in
              + " input and "
              + out
              + " output channels do not split into "
              + p.groups()
              + " groups\n  fix: both must be multiples of groups");
    }
    Tensor weight =
        Init.kaimingUniform(
            Tensors.zeros(out, in / p.groups(), o.kernelH(), o.kernelW()), Math.sqrt(5));
    double bound = 1 / Math.sqrt(Init.fanIn(weight));
    super(weight, o.bias() ? Init.uniform(Tensors.zeros(out), bound) : null);
    params = p;
  }

  public Params params() {
    return params;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.conv2d(weight(), bias(), params);
  }

  @Override
  Op op() {
    return new ConvOp.Conv2d(params);
  }

  @Override
  Tensor forwardRelu(Tensor x, @Nullable Tensor residual) {
    return x.conv2dRelu(weight(), bias(), params, residual);
  }

  @Override
  protected String describe() {
    int in = weight().size(1) * params.groups();
    return in + ", " + weight().size(0) + ConvOptions.describe(weight(), bias() != null, params);
  }
}
