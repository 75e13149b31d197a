package dev.manabi.kernels.cpu;

import java.util.Arrays;

/**
 * Count, mean, and sum of squared deviations from the mean: what a variance needs. A block's mean
 * comes first and the deviations from it in a second look, from cache; blocks are joined by the
 * formula of Chan, Golub and LeVeque ("Updating Formulae and a Pairwise Algorithm for Computing
 * Sample Variances", 1979). So nothing is lost when the mean is large against the deviations.
 */
record Moments(long x) implements Partial {
  private static final float[] NONE = {};

  @Override
  public int width() {
    return 3;
  }

  @Override
  public void run(long element, long n, int kept, double[] into, int plane, int at) {
    long address = x + 4 * element;
    double mean = Fold.SUM.run(address, address, n, 0) / n;
    float rounded = (float) mean;
    double squares = Fold.SQUARED_DEVIATIONS.run(address, address, n, rounded);
    add(into, plane, at, n, mean, centred(squares, n, mean, rounded));
  }

  @Override
  public void columns(
      long element, long rows, long stride, int cols, int kept, double[] into, int plane, int at) {
    long address = x + 4 * element;
    double[] means = new double[cols];
    Fold.SUM.columns(address, address, rows, stride, cols, NONE, 0, means, 0);
    float[] rounded = new float[cols];
    for (int c = 0; c < cols; c++) {
      means[c] /= rows;
      rounded[c] = (float) means[c];
    }
    double[] squares = new double[cols];
    Fold.SQUARED_DEVIATIONS.columns(address, address, rows, stride, cols, rounded, 0, squares, 0);
    for (int c = 0; c < cols; c++) {
      double centred = centred(squares[c], rows, means[c], rounded[c]);
      add(into, plane, at + c, rows, means[c], centred);
    }
  }

  /** The squared deviations from the mean itself, given those from the mean rounded to f32. */
  private static double centred(double squares, long n, double mean, float rounded) {
    double shift = mean - rounded;
    return Math.max(0, squares - n * shift * shift);
  }

  private static void add(double[] into, int plane, int at, double n, double mean, double squares) {
    double before = into[at];
    double count = before + n;
    double apart = mean - into[plane + at];
    into[at] = count;
    into[plane + at] += apart * n / count;
    into[2 * plane + at] += squares + apart * apart * before * n / count;
  }

  @Override
  public void clear(double[] into, int plane, int i, int n) {
    for (int k = 0; k < 3; k++) {
      Arrays.fill(into, k * plane + i, k * plane + i + n, 0);
    }
  }

  @Override
  public void join(double[] into, int plane, int i, double[] from, int fromPlane, int j, int n) {
    for (int k = 0; k < n; k++) {
      double squares = from[2 * fromPlane + j + k];
      add(into, plane, i + k, from[j + k], from[fromPlane + j + k], squares);
    }
  }
}
