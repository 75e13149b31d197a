package dev.manabi.nn;

/** The logarithm of softmax along one dimension. */
public final class LogSoftmax extends Activation {
  private final int axis;

  public LogSoftmax(int axis) {
    super(x -> x.logSoftmax(axis));
    this.axis = axis;
  }

  @Override
  protected String describe() {
    return "dim=" + axis;
  }
}
