package dev.manabi.kernels.ptx;

/** A text that is not PTX, or uses something of PTX that the machine does not know. */
public final class PtxFormatException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int line;

  PtxFormatException(int line, String what) {
    super("PTX line " + line + ": " + what);
    this.line = line;
  }

  /** The line of the text, from 1. */
  public int line() {
    return line;
  }
}
