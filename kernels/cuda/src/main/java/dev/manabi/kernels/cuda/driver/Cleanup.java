package dev.manabi.kernels.cuda.driver;

import java.util.List;

/** Lets go of several things, each whatever becomes of the others; what failed first is told. */
public final class Cleanup {
  private Cleanup() {}

  /**
   * Runs {@code steps} because of {@code failure}, to which what they throw is added as suppressed.
   *
   * @return {@code failure}, to be thrown
   */
  public static <E extends Throwable> E after(E failure, List<Runnable> steps) {
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (RuntimeException | Error e) {
        failure.addSuppressed(e);
      }
    }
    return failure;
  }

  /** Runs all of {@code steps}; throws what the first to fail threw, with the rest suppressed. */
  public static void all(List<Runnable> steps) {
    for (int i = 0; i < steps.size(); i++) {
      try {
        steps.get(i).run();
      } catch (RuntimeException | Error e) {
        after(e, steps.subList(i + 1, steps.size()));
        throw e;
      }
    }
  }
}
