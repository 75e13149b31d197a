package dev.manabi.kernels.cpu;

import java.util.Arrays;

/** One {@link Fold} of one tensor. */
record FoldPartial(FoldKernel kernel, long x) implements Partial {
  @Override
  public int width() {
    return 1;
  }

  @Override
  public long address(long element) {
    return x + 4 * element;
  }

  @Override
  public void run(long element, long n, int kept, double[] into, int plane, int at) {
    into[at] = kernel.run(x + 4 * element, n);
  }

  @Override
  public void columns(
      long element, long rows, long stride, int cols, int kept, double[] into, int plane, int at) {
    kernel.columns(x + 4 * element, rows, stride, cols, into, at);
  }

  @Override
  public void clear(double[] into, int plane, int i, int n) {
    Arrays.fill(into, i, i + n, kernel.identity());
  }

  @Override
  public void join(double[] into, int plane, int i, double[] from, int fromPlane, int j, int n) {
    kernel.join(into, i, from, j, n);
  }
}
