package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp.Adaptive;

/** The largest element of each of {@code h x w} nearly equal parts of {@code [N, C, H, W]}. */
public final class AdaptiveMaxPool2d extends Module {
  private final Adaptive window;

  /** A square output; size 1 is global pooling. */
  public AdaptiveMaxPool2d(int size) {
    this(size, size);
  }

  public AdaptiveMaxPool2d(int h, int w) {
    window = new Adaptive(h, w);
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.maxPool2d(window);
  }

  @Override
  protected String describe() {
    return "output_size=" + Texts.pair(window.height(), window.width());
  }
}
