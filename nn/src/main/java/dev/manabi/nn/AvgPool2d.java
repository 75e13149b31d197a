package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import java.util.function.UnaryOperator;

/** The mean of each window of {@code [N, C, H, W]}. */
public final class AvgPool2d extends SlidingPool2d {
  /** Windows that touch without overlap. */
  public AvgPool2d(int kernel) {
    this(kernel, kernel);
  }

  public AvgPool2d(int kernel, int stride) {
    this(kernel, stride, options -> options);
  }

  public AvgPool2d(int kernel, int stride, UnaryOperator<PoolOptions> options) {
    super(kernel, stride, options);
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.avgPool2d(window());
  }
}
