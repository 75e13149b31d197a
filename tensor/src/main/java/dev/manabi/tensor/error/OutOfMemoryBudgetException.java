package dev.manabi.tensor.error;

import org.jspecify.annotations.Nullable;

/**
 * A tensor does not fit into the memory budget, even after everything unreachable was freed. The
 * message says how much was needed, what is live, and how to mend it.
 */
public final class OutOfMemoryBudgetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** For the allocator, which knows the figures. */
  public OutOfMemoryBudgetException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
