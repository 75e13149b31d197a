package dev.manabi.kernels.cpu;

/** The vector loops of one {@link Fold}, to be called through its {@link FoldKernel}. */
interface FoldLoops {
  /** As {@link FoldKernel#run}. */
  double run(long x, long y, long n, float m);

  /** As {@link FoldKernel#columns}, every column in a lane of its own. */
  void columns(
      long x, long y, long rows, long stride, int cols, float[] m, int mAt, double[] into, int at);
}
