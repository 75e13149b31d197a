package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp.Sliding;
import java.util.function.UnaryOperator;

/** The mean of each window of {@code [N, C, H, W]}. */
public final class AvgPool2d extends Module {
  private final Sliding window;

  /** Windows that touch without overlap. */
  public AvgPool2d(int kernel) {
    this(kernel, kernel);
  }

  public AvgPool2d(int kernel, int stride) {
    this(kernel, stride, options -> options);
  }

  public AvgPool2d(int kernel, int stride, UnaryOperator<PoolOptions> options) {
    window = options.apply(PoolOptions.of(kernel, stride)).window();
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.avgPool2d(window);
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
