package dev.manabi.kernels.reference;

import dev.manabi.tensor.op.PoolOp;

/**
 * Between which two input rows (or columns) an output row lies.
 *
 * @param weight the share of {@code high}; {@code low} has the rest
 */
public record Tap(int low, int high, double weight) {

  /** The taps of all {@code out} output rows of an input with {@code size}. */
  public static Tap[] all(PoolOp.Mode mode, boolean alignCorners, int size, int out) {
    Tap[] taps = new Tap[out];
    for (int o = 0; o < out; o++) {
      taps[o] =
          switch (mode) {
            case NEAREST -> nearest((int) ((long) o * size / out));
            case BILINEAR -> between(source(alignCorners, o, size, out), size);
          };
    }
    return taps;
  }

  private static Tap nearest(int i) {
    return new Tap(i, i, 0);
  }

  private static Tap between(double source, int size) {
    int low = (int) source;
    return new Tap(low, Math.min(low + 1, size - 1), source - low);
  }

  /** Where the centre of output pixel {@code o} lies among the centres of the input pixels. */
  private static double source(boolean alignCorners, int o, int size, int out) {
    if (alignCorners) {
      return out == 1 ? 0 : (double) o * (size - 1) / (out - 1);
    }
    return Math.max(0, (o + 0.5) * size / out - 0.5);
  }
}
