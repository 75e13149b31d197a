package dev.manabi.nn.optim;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Sets the rates of an optimizer epoch by epoch. A schedule is a function from the epoch, counted
 * from 0, to a factor on each group's initial rate; so a resumed run needs only the epoch.
 */
public final class Scheduler {
  private final Optimizer optimizer;
  private final IntToDoubleFunction factor;
  private int epoch;

  /** A schedule of one's own. */
  public Scheduler(Optimizer optimizer, IntToDoubleFunction factor) {
    this.optimizer = optimizer;
    this.factor = factor;
    setEpoch(0);
  }

  /** Times {@code gamma} every {@code size} epochs. */
  public static Scheduler step(Optimizer optimizer, int size, double gamma) {
    return new Scheduler(optimizer, e -> Math.pow(gamma, e / size));
  }

  /** Times {@code gamma} at each of the milestones. */
  public static Scheduler multiStep(Optimizer optimizer, double gamma, int... milestones) {
    int[] at = milestones.clone();
    return new Scheduler(
        optimizer, e -> Math.pow(gamma, Arrays.stream(at).filter(m -> m <= e).count()));
  }

  /** Half a cosine from the initial rate down to {@code minimum} of it at {@code epochs}. */
  public static Scheduler cosine(Optimizer optimizer, int epochs, double minimum) {
    return new Scheduler(
        optimizer, e -> minimum + (1 - minimum) * (1 + Math.cos(Math.PI * e / epochs)) / 2);
  }

  /** Call once after each epoch. */
  public void step() {
    setEpoch(epoch + 1);
  }

  public int epoch() {
    return epoch;
  }

  /** Sets the rates as they are after {@code epochs} steps. */
  public void setEpoch(int epochs) {
    epoch = epochs;
    double f = factor.applyAsDouble(epochs);
    optimizer.groups().forEach(g -> g.setLr(g.initialLr() * f));
  }
}
