package dev.manabi.nn;

import dev.manabi.tensor.Tensor;

/** Merges dimensions {@code start .. end}; by default all but the batch. */
public final class Flatten extends Module {
  private final int start;
  private final int end;

  public Flatten() {
    this(1, -1);
  }

  public Flatten(int start, int end) {
    this.start = start;
    this.end = end;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.flatten(start, end);
  }

  @Override
  protected String describe() {
    return "start_dim=" + start + ", end_dim=" + end;
  }
}
