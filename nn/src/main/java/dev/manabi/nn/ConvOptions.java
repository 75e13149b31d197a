package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp.Params;

/** What a convolution can be told beside its channels. Each method returns these options. */
public final class ConvOptions {
  private int kernelH;
  private int kernelW;
  private int strideH = 1;
  private int strideW = 1;
  private int paddingH;
  private int paddingW;
  private int dilationH = 1;
  private int dilationW = 1;
  private int groups = 1;
  private int outputPadding;
  private boolean bias = true;

  ConvOptions(int kernel) {
    kernelH = kernel;
    kernelW = kernel;
  }

  public ConvOptions kernel(int h, int w) {
    kernelH = h;
    kernelW = w;
    return this;
  }

  public ConvOptions stride(int stride) {
    return stride(stride, stride);
  }

  public ConvOptions stride(int h, int w) {
    strideH = h;
    strideW = w;
    return this;
  }

  public ConvOptions padding(int padding) {
    return padding(padding, padding);
  }

  public ConvOptions padding(int h, int w) {
    paddingH = h;
    paddingW = w;
    return this;
  }

  public ConvOptions dilation(int dilation) {
    return dilation(dilation, dilation);
  }

  public ConvOptions dilation(int h, int w) {
    dilationH = h;
    dilationW = w;
    return this;
  }

  public ConvOptions groups(int count) {
    groups = count;
    return this;
  }

  /** For transposed convolutions: rows and columns added at the far side. */
  public ConvOptions outputPadding(int rowsAndColumns) {
    outputPadding = rowsAndColumns;
    return this;
  }

  public ConvOptions bias(boolean wanted) {
    bias = wanted;
    return this;
  }

  Params params() {
    return new Params(strideH, strideW, paddingH, paddingW, dilationH, dilationW, groups);
  }

  int kernelH() {
    return kernelH;
  }

  int kernelW() {
    return kernelW;
  }

  int outputPadding() {
    return outputPadding;
  }

  boolean bias() {
    return bias;
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
