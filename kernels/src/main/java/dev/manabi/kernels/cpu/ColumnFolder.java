package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Vectors.COUNT;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;

/** What the loops of every {@link Fold} do alike with columns. */
abstract class ColumnFolder implements FoldKernel {
  /** More columns than this fill vectors well enough by themselves. */
  private static final int FEW_COLS = 4 * COUNT;

  private final DoubleBinaryOperator join;
  private final double identity;

  ColumnFolder(Fold fold) {
    join = fold.joinScalars();
    identity = fold.identity();
  }

  @Override
  public double identity() {
    return identity;
  }

  @Override
  public void columns(
      long x, long y, long rows, long stride, int cols, float[] m, int mAt, double[] into, int at) {
    int together = COUNT / gcd(COUNT, cols);
    long folded = stride == cols && cols < FEW_COLS ? rows / together : 0;
    if (together == 1 || folded < 2) {
      separate(x, y, rows, stride, cols, m, mAt, into, at);
      return;
    }
    // Few columns fill no vector, but several rows taken as one row do.
    int wide = together * cols;
    double[] sums = new double[wide];
    Arrays.fill(sums, identity);
    separate(x, y, folded, wide, wide, repeated(m, mAt, cols, together), 0, sums, 0);
    for (int k = 0; k < together; k++) {
      join(into, at, sums, k * cols, cols);
    }
    long done = 4 * folded * wide;
    separate(x + done, y + done, rows - folded * together, stride, cols, m, mAt, into, at);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static float[] repeated(float[] m, int mAt, int cols, int times) {
    float[] r = new float[m.length == 0 ? 0 : times * cols];
    for (int i = 0; i < r.length; i += cols) {
      System.arraycopy(m, mAt, r, i, cols);
    }
    return r;
  }

  /** As {@link #columns}, every column in a lane of its own. */
  abstract void separate(
      long x, long y, long rows, long stride, int cols, float[] m, int mAt, double[] into, int at);

  @Override
  public void join(double[] into, int i, double[] from, int j, int n) {
    for (int k = 0; k < n; k++) {
      into[i + k] = join.applyAsDouble(into[i + k], from[j + k]);
    }
  }
}
