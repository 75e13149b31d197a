package dev.manabi.nn;

import dev.manabi.tensor.op.PoolOp.Sliding;
import java.util.function.UnaryOperator;

/** What the pooling layers with a sliding window share: the window. */
abstract sealed class SlidingPool2d extends Module permits AvgPool2d, MaxPool2d {
  private final Sliding window;

  SlidingPool2d(int kernel, int stride, UnaryOperator<PoolOptions> options) {
    window = options.apply(new PoolOptions(kernel, stride)).window();
  }

  final Sliding window() {
    return window;
  }

  @Override
  protected String describe() {
    return "kernel_size="
        + Texts.oneOrPair(window.kernelH(), window.kernelW())
        + ", stride="
        + Texts.oneOrPair(window.strideH(), window.strideW())
        + ", padding="
        + Texts.oneOrPair(window.paddingH(), window.paddingW());
  }
}
