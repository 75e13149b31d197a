package dev.manabi.tensor.memory;

import java.util.List;

/**
 * Where a storage was made: the stack below the engine's own frames.
 *
 * @param frames innermost first
 */
record Trace(List<StackTraceElement> frames) {
  private static final int DEPTH = 24;
  private static final String ENGINE = "dev.manabi.tensor.";

  static Trace here() {
    return new Trace(
        StackWalker.getInstance()
            .walk(
                frames ->
                    frames
                        .dropWhile(f -> f.getClassName().startsWith(ENGINE))
                        .limit(DEPTH)
                        .map(StackWalker.StackFrame::toStackTraceElement)
                        .toList()));
  }
}
