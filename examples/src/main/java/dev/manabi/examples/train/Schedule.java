package dev.manabi.examples.train;

import java.util.Locale;

/**
 * How the learning rate changes. It knows nothing but the time, so a run can be resumed and made
 * longer.
 */
public enum Schedule {
  /** It does not. */
  CONSTANT {
    @Override
    public double factor(double epochs) {
      return 1;
    }
  },

  /**
   * Half a cosine from the full rate to 0 in every epoch, so that every epoch ends with small steps
   * (Loshchilov and Hutter 2017, "SGDR"). The mean rate is half the full one.
   */
  COSINE {
    @Override
    public double factor(double epochs) {
      double share = epochs - Math.floor(epochs);
      return (1 + Math.cos(Math.PI * share)) / 2;
    }
  };

  /** What the full rate is multiplied with after {@code epochs} epochs, not only whole ones. */
  public abstract double factor(double epochs);

  /** The name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
