package dev.manabi.nn;

import dev.manabi.tensor.op.PoolOp.Sliding;

/** What a pooling layer can be told beside its kernel. Each method returns these options. */
public final class PoolOptions {
  private final int kernel;
  private final int stride;
  private int padding;
  private int dilation = 1;
  private boolean ceilMode;
  private boolean countPadding = true;

  PoolOptions(int kernel, int stride) {
    this.kernel = kernel;
    this.stride = stride;
  }

  public PoolOptions padding(int rowsAndColumns) {
    padding = rowsAndColumns;
    return this;
  }

  public PoolOptions dilation(int distance) {
    dilation = distance;
    return this;
  }

  /** Rounds the output size up. */
  public PoolOptions ceilMode(boolean on) {
    ceilMode = on;
    return this;
  }

  /** Whether average pooling counts padding as zeros. */
  public PoolOptions countPadding(boolean on) {
    countPadding = on;
    return this;
  }

  Sliding window() {
    return new Sliding(
        kernel,
        kernel,
        stride,
        stride,
        padding,
        padding,
        dilation,
        dilation,
        ceilMode,
        countPadding);
  }
}
