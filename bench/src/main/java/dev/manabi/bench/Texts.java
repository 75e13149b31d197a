package dev.manabi.bench;

import java.util.Locale;

/** Numbers for people. */
final class Texts {
  private Texts() {}

  /** With three significant digits or more, and two below 0.1. */
  static String number(double value) {
    // The digits before the point, less one; negative below 1.
    int magnitude = value > 0 ? (int) Math.floor(Math.log10(value)) : 0;
    int decimals = magnitude < -1 ? 1 - magnitude : Math.clamp(2 - magnitude, 0, 2);
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  static String time(double microseconds) {
    if (microseconds < 1) {
      return number(microseconds * 1e3) + " ns";
    }
    return microseconds < 1e3 ? number(microseconds) + " µs" : number(microseconds / 1e3) + " ms";
  }

  static String bytes(double bytes) {
    return bytes < 1e4 ? String.format(Locale.ROOT, "%.0f B", bytes) : number(bytes / 1e3) + " kB";
  }
}
