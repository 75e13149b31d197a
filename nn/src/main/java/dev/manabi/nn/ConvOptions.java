package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp.Params;

/**
 * What a convolution can be told beside its channels. Each method returns changed options.
 *
 * @param kernelH kernel height
 * @param kernelW kernel width
 * @param params stride, padding, dilation, groups
 * @param outputPadding for transposed convolutions: rows and columns added at the far side
 * @param bias whether a bias is added
 */
public record ConvOptions(
    int kernelH, int kernelW, Params params, int outputPadding, boolean bias) {

  static ConvOptions ofKernel(int kernel) {
    return new ConvOptions(kernel, kernel, Params.DEFAULT, 0, true);
  }

  public ConvOptions kernel(int h, int w) {
    return new ConvOptions(h, w, params, outputPadding, bias);
  }

  public ConvOptions stride(int stride) {
    return stride(stride, stride);
  }

  public ConvOptions stride(int h, int w) {
    return with(
        new Params(
            h,
            w,
            params.paddingH(),
            params.paddingW(),
            params.dilationH(),
            params.dilationW(),
            params.groups()));
  }

  public ConvOptions padding(int padding) {
    return padding(padding, padding);
  }

  public ConvOptions padding(int h, int w) {
    return with(
        new Params(
            params.strideH(),
            params.strideW(),
            h,
            w,
            params.dilationH(),
            params.dilationW(),
            params.groups()));
  }

  public ConvOptions dilation(int dilation) {
    return with(
        new Params(
            params.strideH(),
            params.strideW(),
            params.paddingH(),
            params.paddingW(),
            dilation,
            dilation,
            params.groups()));
  }

  public ConvOptions groups(int groups) {
    return with(
        new Params(
            params.strideH(),
            params.strideW(),
            params.paddingH(),
            params.paddingW(),
            params.dilationH(),
            params.dilationW(),
            groups));
  }

  public ConvOptions outputPadding(int padding) {
    return new ConvOptions(kernelH, kernelW, params, padding, bias);
  }

  public ConvOptions bias(boolean wanted) {
    return new ConvOptions(kernelH, kernelW, params, outputPadding, wanted);
  }

  private ConvOptions with(Params changed) {
    return new ConvOptions(kernelH, kernelW, changed, outputPadding, bias);
  }

  /** The part of a printed convolution that follows its channels. */
  static String describe(Tensor weight, boolean bias, Params p) {
    StringBuilder text = new StringBuilder();
    text.append(", kernel_size=").append(Texts.pair(weight.size(2), weight.size(3)));
    text.append(", stride=").append(Texts.pair(p.strideH(), p.strideW()));
    if (p.paddingH() + p.paddingW() > 0) {
      text.append(", padding=").append(Texts.pair(p.paddingH(), p.paddingW()));
    }
    if (p.dilationH() * p.dilationW() > 1) {
      text.append(", dilation=").append(Texts.pair(p.dilationH(), p.dilationW()));
    }
    if (p.groups() > 1) {
      text.append(", groups=").append(p.groups());
    }
    return text.append(bias ? "" : ", bias=False").toString();
  }
}
