package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import java.util.function.UnaryOperator;

/** The largest element of each window of {@code [N, C, H, W]}. */
public final class MaxPool2d extends SlidingPool2d {
  /** Windows that touch without overlap. */
  public MaxPool2d(int kernel) {
    this(kernel, kernel);
  }

  public MaxPool2d(int kernel, int stride) {
    this(kernel, stride, options -> options);
  }

  public MaxPool2d(int kernel, int stride, UnaryOperator<PoolOptions> options) {
    super(kernel, stride, options);
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.maxPool2d(window());
  }

  @Override
  protected String describe() {
    return super.describe()
        + ", dilation="
        + Texts.oneOrPair(window().dilationH(), window().dilationW())
        + ", ceil_mode="
        + Texts.python(window().ceilMode());
  }
}
