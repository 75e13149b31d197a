package dev.manabi.nn;

/** Softmax along one dimension. */
public final class Softmax extends Activation {
  private final int axis;

  public Softmax(int axis) {
    super(x -> x.softmax(axis));
    this.axis = axis;
  }

  @Override
  protected String describe() {
    return "dim=" + axis;
  }
}
