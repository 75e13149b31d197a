package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;

/** One {@link Fold} of rows and columns. Addresses are of f32 elements, strides in elements. */
final class FoldKernel {
  /** Not final so that loops are not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle run = KernelTemplate.entry(FoldLoops.class, "run");

  private static MethodHandle columns = KernelTemplate.entry(FoldLoops.class, "columns");

  private final FoldLoops loops;
  private final DoubleBinaryOperator join;
  private final double identity;

  FoldKernel(Class<? extends FoldLoops> template, Fold fold) {
    loops = KernelTemplate.copy(FoldLoops.class, template, fold);
    join = fold.joinScalars();
    identity = fold.identity();
  }

  double identity() {
    return identity;
  }

  /** Joins {@code n} neighbouring elements of {@code x}, with {@code y} beside them. */
  double run(long x, long y, long n, float m) {
    try {
      return (double) run.invokeExact(loops, x, y, n, m);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  /**
   * Joins each of {@code cols} neighbouring columns over {@code rows} rows, into {@code into[at..]}
   * joined with what is there.
   *
   * @param stride from row to row
   * @param m one constant per column, from {@code m[mAt]} on; or empty
   */
  void columns(
      long x, long y, long rows, long stride, int cols, float[] m, int mAt, double[] into, int at) {
    int together = ColumnGroups.together(rows, stride, cols);
    if (together == 1) {
      separate(x, y, rows, stride, cols, m, mAt, into, at);
      return;
    }
    int wide = together * cols;
    long folded = rows / together;
    double[] sums = new double[wide];
    Arrays.fill(sums, identity);
    separate(x, y, folded, wide, wide, repeated(m, mAt, cols, together), 0, sums, 0);
    for (int k = 0; k < together; k++) {
      join(into, at, sums, k * cols, cols);
    }
    long done = 4 * folded * wide;
    separate(x + done, y + done, rows - folded * together, stride, cols, m, mAt, into, at);
  }

  private static float[] repeated(float[] m, int mAt, int cols, int times) {
    float[] r = new float[m.length == 0 ? 0 : times * cols];
    for (int i = 0; i < r.length; i += cols) {
      System.arraycopy(m, mAt, r, i, cols);
    }
    return r;
  }

  private void separate(
      long x, long y, long rows, long stride, int cols, float[] m, int mAt, double[] into, int at) {
    try {
      columns.invokeExact(loops, x, y, rows, stride, cols, m, mAt, into, at);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  /** Joins {@code n} numbers {@code from[j..]} to {@code into[i..]}. */
  void join(double[] into, int i, double[] from, int j, int n) {
    for (int k = 0; k < n; k++) {
      into[i + k] = join.applyAsDouble(into[i + k], from[j + k]);
    }
  }
}
