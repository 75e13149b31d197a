package dev.manabi.autograd;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import java.lang.StackWalker.StackFrame;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Anomaly detection: while it is on, every node remembers the line that called its op, and every
 * gradient is looked through for NaN and infinity.
 */
final class Anomaly {
  private static final ThreadLocal<boolean[]> ACTIVE =
      ThreadLocal.withInitial(() -> new boolean[1]);

  /** Packages whose methods a user calls; the line looked for is the one that calls them. */
  private static final Set<String> ENGINE =
      Set.of(
          "dev.manabi.tensor",
          "dev.manabi.tensor.op",
          "dev.manabi.tensor.run",
          "dev.manabi.autograd",
          "dev.manabi.nn");

  private Anomaly() {}

  /** Switches detection on for this thread until the scope is closed. */
  static GradMode.Scope open() {
    boolean[] cell = ACTIVE.get();
    boolean before = cell[0];
    cell[0] = true;
    return () -> cell[0] = before;
  }

  /** The line that called the running op, or {@code null} while detection is off. */
  static @Nullable String caller() {
    if (!ACTIVE.get()[0]) {
      return null;
    }
    return StackWalker.getInstance()
        .walk(frames -> frames.filter(Anomaly::isUser).findFirst())
        .map(frame -> frame.toStackTraceElement().toString())
        .orElse(null);
  }

  private static boolean isUser(StackFrame frame) {
    String name = frame.getClassName();
    int dot = name.lastIndexOf('.');
    String simple = name.substring(dot + 1);
    // A test lies in the package of what it tests.
    boolean isTest = simple.replaceAll("\\$.*", "").endsWith("Test");
    boolean isEngine = dot > 0 && ENGINE.contains(name.substring(0, dot));
    boolean isJdk = name.startsWith("java.") || name.startsWith("jdk.");
    return isTest || !(isEngine || isJdk);
  }

  /**
   * Looks at a gradient that was just computed.
   *
   * @throws ArithmeticException if detection is on and the gradient has a NaN or an infinity
   */
  static void check(Node node, int input, Tensor gradient) {
    if (!ACTIVE.get()[0] || gradient.detach().isFinite().all().item() != 0) {
      return;
    }
    boolean nan = gradient.detach().isNan().any().item() != 0;
    throw new ArithmeticException(
        "backward of "
            + node.op.name()
            + " gave "
            + (nan ? "NaN" : "an infinity")
            + " in the gradient of input "
            + input
            + ", "
            + node.inputs[input]
            + "\n  "
            + node.op.name()
            + " was called at "
            + (node.origin == null ? "a line unknown: detection was off then" : node.origin)
            + "\n  fix: look at the values that this line computes with; the cause may be a division"
            + " by zero, log or sqrt at 0, or an overflow");
  }
}
