package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp.Sliding;
import java.util.function.UnaryOperator;

/** The largest element of each window of {@code [N, C, H, W]}. */
public final class MaxPool2d extends Module {
  private final Sliding window;

  /** Windows that touch without overlap. */
  public MaxPool2d(int kernel) {
    this(kernel, kernel);
  }

  public MaxPool2d(int kernel, int stride) {
    this(kernel, stride, options -> options);
  }

  public MaxPool2d(int kernel, int stride, UnaryOperator<PoolOptions> options) {
    window = options.apply(PoolOptions.of(kernel, stride)).window();
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.maxPool2d(window);
  }

  @Override
  protected String describe() {
    return "kernel_size="
        + Texts.oneOrPair(window.kernelH(), window.kernelW())
        + ", stride="
        + Texts.oneOrPair(window.strideH(), window.strideW())
        + ", padding="
        + Texts.oneOrPair(window.paddingH(), window.paddingW())
        + ", dilation="
        + Texts.oneOrPair(window.dilationH(), window.dilationW())
        + ", ceil_mode="
        + Texts.python(window.ceilMode());
  }
}
