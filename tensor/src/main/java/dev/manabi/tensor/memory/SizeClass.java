package dev.manabi.tensor.memory;

/**
 * The sizes that blocks come in: multiples of 64 bytes up to 512, then eight sizes for every
 * doubling. A block is thus at most an eighth larger than what was asked for (above 512 bytes), and
 * a freed one fits the next tensor of about its size.
 */
final class SizeClass {
  /** No block is larger than this: more than any machine's memory, and safe from overflow. */
  static final long MAX_BYTES = 1L << 46;

  private static final int LINEAR_BITS = 9;
  private static final int STEP_BITS = 3;

  /** How many classes there are. */
  static final int COUNT = of(MAX_BYTES) + 1;

  private SizeClass() {}

  /** The smallest class that holds {@code bytes} bytes, between 0 and {@link #MAX_BYTES}. */
  static int of(long bytes) {
    long last = Math.max(64, bytes) - 1;
    int octave = 63 - Long.numberOfLeadingZeros(last) - LINEAR_BITS;
    if (octave < 0) {
      return (int) (last >>> (LINEAR_BITS - STEP_BITS));
    }
    // The bits below the highest set bit say which eighth of the octave it is.
    int step = (int) (last >>> (octave + LINEAR_BITS - STEP_BITS)) & 7;
    return 8 + 8 * octave + step;
  }

  /** The size of every block of class {@code index}. */
  static long bytes(int index) {
    if (index < 8) {
      return 64L * (index + 1);
    }
    int octave = (index - 8) / 8;
    int step = (index - 8) % 8;
    return (long) (8 + step + 1) << (octave + LINEAR_BITS - STEP_BITS);
  }
}
