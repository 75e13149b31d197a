package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp.Mode;
import java.util.Locale;

/**
 * Resamples {@code [N, C, H, W]} to a multiple of its height and width. A fractional scale fixes
 * the output's size, rounded down; pixels are then resampled by the ratio of the sizes (in
 * PyTorch's words, {@code recompute_scale_factor=True}).
 */
public final class Upsample extends Module {
  private final double scale;
  private final Mode mode;
  private final boolean alignCorners;

  public Upsample(double scale, Mode mode) {
    this(scale, mode, false);
  }

  public Upsample(double scale, Mode mode, boolean alignCorners) {
    this.scale = scale;
    this.mode = mode;
    this.alignCorners = alignCorners;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.interpolate(mode, (int) (x.size(2) * scale), (int) (x.size(3) * scale), alignCorners);
  }

  @Override
  protected String describe() {
    return "scale_factor=" + scale + ", mode='" + mode.name().toLowerCase(Locale.ROOT) + "'";
  }
}
