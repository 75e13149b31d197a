package dev.manabi.tensor;

import java.util.function.Supplier;

/** Whether ops on this thread are recorded for {@code backward}. On by default. */
public final class GradMode {
  private static final ThreadLocal<boolean[]> ENABLED =
      ThreadLocal.withInitial(() -> new boolean[] {true});

  private GradMode() {}

  public static boolean isEnabled() {
    return ENABLED.get()[0];
  }

  /** Ends a scope that {@link #set} opened. */
  @FunctionalInterface
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /** Switches recording on or off on this thread until the scope is closed. */
  public static Scope set(boolean enabled) {
    boolean[] cell = ENABLED.get();
    boolean before = cell[0];
    cell[0] = enabled;
    return () -> cell[0] = before;
  }

  /** Runs {@code body} without recording. */
  public static void noGrad(Runnable body) {
    try (Scope scope = set(false)) {
      body.run();
    }
  }

  /** Computes {@code body} without recording. */
  public static <T> T noGrad(Supplier<T> body) {
    try (Scope scope = set(false)) {
      return body.get();
    }
  }
}
