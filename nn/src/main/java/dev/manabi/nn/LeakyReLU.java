package dev.manabi.nn;

/** {@code x > 0 ? x : slope * x}. */
public final class LeakyReLU extends Activation {
  private final double slope;

  /** Slope 0.01. */
  public LeakyReLU() {
    this(0.01);
  }

  public LeakyReLU(double slope) {
    super(x -> x.leakyRelu(slope));
    this.slope = slope;
  }

  @Override
  protected String describe() {
    return "negative_slope=" + Texts.number(slope);
  }
}
