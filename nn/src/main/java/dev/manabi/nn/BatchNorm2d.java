package dev.manabi.nn;

/** Batch normalisation of {@code [N, C, H, W]}. */
public final class BatchNorm2d extends BatchNorm {
  /** {@code eps} 1e-5, momentum 0.1. */
  public BatchNorm2d(int channels) {
    this(channels, 1e-5, 0.1);
  }

  public BatchNorm2d(int channels, double eps, double momentum) {
    super(channels, eps, momentum);
  }

  @Override
  boolean accepts(int rank) {
    return rank == 4;
  }
}
