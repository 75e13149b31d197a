package dev.manabi.nn;

/** Returns its input. */
public final class Identity extends Activation {
  public Identity() {
    super(x -> x);
  }
}
