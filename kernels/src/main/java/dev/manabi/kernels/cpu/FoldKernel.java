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

  /** Joins {@code n} neighbouring elements of {@code x}. */
  double run(long x, long n) {
    try {
      return (double) run.invokeExact(loops, x, n, Scratch.get().sums);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  /**
   * Joins each of {@code cols} neighbouring columns over {@code rows} rows, into {@code into[at..]}
   * joined with what is there.
   *
   * @param stride from row to row
   */
  void columns(long x, long rows, long stride, int cols, double[] into, int at) {
    int together = ColumnGroups.together(rows, stride, cols);
    if (together == 1) {
      separate(x, rows, stride, cols, into, at);
      return;
    }
    int wide = together * cols;
    long folded = rows / together;
    double[] sums = new double[wide];
    Arrays.fill(sums, identity);
    separate(x, folded, wide, wide, sums, 0);
    for (int k = 0; k < together; k++) {
      join(into, at, sums, k * cols, cols);
    }
    long done = 4 * folded * wide;
    separate(x + done, rows - folded * together, stride, cols, into, at);
  }

  private void separate(long x, long rows, long stride, int cols, double[] into, int at) {
    try {
      columns.invokeExact(loops, x, rows, stride, cols, into, at);
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
