package dev.manabi.examples.train;

/** The images an epoch is measured on, and so those that the best epoch is chosen by. */
public enum Judge {
  /** Training images held out of training. */
  VALIDATION("Validation"),
  /** The test images themselves, as in the documents' programs; their numbers then flatter. */
  TEST("Test");

  private final String label;

  Judge(String label) {
    this.label = label;
  }

  /** The name in print, such as {@code Test}. */
  public String label() {
    return label;
  }
}
