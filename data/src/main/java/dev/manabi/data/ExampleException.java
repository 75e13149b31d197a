package dev.manabi.data;

/** An example could not be read or transformed; the cause says why. */
public final class ExampleException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int index;

  ExampleException(int index, RuntimeException cause) {
    super("data loader: example " + index + " failed: " + cause, cause);
    this.index = index;
  }

  /** The same failure, reported by the current thread. */
  ExampleException(ExampleException failure) {
    super(failure.getMessage(), failure.getCause());
    this.index = failure.index;
  }

  /** Where the example stands in the loader's dataset. */
  public int index() {
    return index;
  }
}
