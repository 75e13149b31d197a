package dev.manabi.nn;

import dev.manabi.tensor.op.PoolOp.Sliding;

/**
 * What a pooling layer can be told beside its kernel. Each method returns changed options.
 *
 * @param window the window they describe
 */
public record PoolOptions(Sliding window) {

  static PoolOptions of(int kernel, int stride) {
    return new PoolOptions(new Sliding(kernel, kernel, stride, stride, 0, 0, 1, 1, false, true));
  }

  public PoolOptions stride(int stride) {
    Sliding w = window;
    return new PoolOptions(
        new Sliding(
            w.kernelH(),
            w.kernelW(),
            stride,
            stride,
            w.paddingH(),
            w.paddingW(),
            w.dilationH(),
            w.dilationW(),
            w.ceilMode(),
            w.countPadding()));
  }

  public PoolOptions padding(int padding) {
    Sliding w = window;
    return new PoolOptions(
        new Sliding(
            w.kernelH(),
            w.kernelW(),
            w.strideH(),
            w.strideW(),
            padding,
            padding,
            w.dilationH(),
            w.dilationW(),
            w.ceilMode(),
            w.countPadding()));
  }

  public PoolOptions dilation(int dilation) {
    Sliding w = window;
    return new PoolOptions(
        new Sliding(
            w.kernelH(),
            w.kernelW(),
            w.strideH(),
            w.strideW(),
            w.paddingH(),
            w.paddingW(),
            dilation,
            dilation,
            w.ceilMode(),
            w.countPadding()));
  }

  /** Rounds the output size up. */
  public PoolOptions ceilMode(boolean on) {
    Sliding w = window;
    return new PoolOptions(
        new Sliding(
            w.kernelH(),
            w.kernelW(),
            w.strideH(),
            w.strideW(),
            w.paddingH(),
            w.paddingW(),
            w.dilationH(),
            w.dilationW(),
            on,
            w.countPadding()));
  }

  /** Whether average pooling counts padding as zeros. */
  public PoolOptions countPadding(boolean on) {
    Sliding w = window;
    return new PoolOptions(
        new Sliding(
            w.kernelH(),
            w.kernelW(),
            w.strideH(),
            w.strideW(),
            w.paddingH(),
            w.paddingW(),
            w.dilationH(),
            w.dilationW(),
            w.ceilMode(),
            on));
  }
}
