package dev.manabi.nn;

import java.util.Locale;

/** Small pieces of text for printing modules as PyTorch does. */
final class Texts {
  private Texts() {}

  static String python(boolean value) {
    return value ? "True" : "False";
  }

  /** {@code 3} for equal numbers, else {@code (3, 5)}. */
  static String oneOrPair(int h, int w) {
    return h == w ? Integer.toString(h) : pair(h, w);
  }

  static String pair(int h, int w) {
    return "(" + h + ", " + w + ")";
  }

  /** The shortest form: {@code 0.5}, {@code 1e-05}. */
  static String number(double value) {
    if (value != 0 && Math.abs(value) < 1e-4) {
      String text = String.format(Locale.ROOT, "%.10e", value);
      return text.replaceFirst("\\.?0*e", "e");
    }
    return Double.toString(value);
  }
}
