package dev.manabi.tensor.error;

/** A file does not hold what its format promises. The message names the file and both sides. */
public final class FormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param source the file's name
   * @param expected what the format asks for
   * @param found what the file holds
   */
  public FormatException(String source, String expected, String found) {
    super(source + ": expected " + expected + ", found " + found);
  }
}
