package dev.manabi.kernels.cpu;

import java.util.Arrays;

/**
 * Sums of {@code g} and of {@code g * (x - mean)}.
 *
 * @param means one for each result of the first pass
 */
record GradientSums(long g, long x, float[] means) implements Partial {
  private static final float[] NONE = {};

  /** The sums over {@code segments}, given one mean for each kept element. */
  static GradientSums of(long g, long x, float[] means, Segments segments) {
    Segments passed = segments.without(segments.largestReduced());
    float[] spread = new float[Math.toIntExact(passed.count())];
    for (int i = 0; i < spread.length; i++) {
      spread[i] = means[(int) passed.kept(i, passed.sizes().length)];
    }
    return new GradientSums(g, x, spread);
  }

  @Override
  public int width() {
    return 2;
  }

  @Override
  public void run(long element, long n, int kept, double[] into, int plane, int at) {
    long ga = g + 4 * element;
    into[at] += Fold.SUM.run(ga, ga, n, 0);
    into[plane + at] += Fold.DOT_DEVIATIONS.run(ga, x + 4 * element, n, means[kept]);
  }

  @Override
  public void columns(
      long element, long rows, long stride, int cols, int kept, double[] into, int plane, int at) {
    long ga = g + 4 * element;
    long xa = x + 4 * element;
    Fold.SUM.columns(ga, ga, rows, stride, cols, NONE, 0, into, at);
    Fold.DOT_DEVIATIONS.columns(ga, xa, rows, stride, cols, means, kept, into, plane + at);
  }

  @Override
  public void clear(double[] into, int plane, int i, int n) {
    Arrays.fill(into, i, i + n, 0);
    Arrays.fill(into, plane + i, plane + i + n, 0);
  }

  @Override
  public void join(double[] into, int plane, int i, double[] from, int fromPlane, int j, int n) {
    Fold.SUM.join(into, i, from, j, n);
    Fold.SUM.join(into, plane + i, from, fromPlane + j, n);
  }
}
