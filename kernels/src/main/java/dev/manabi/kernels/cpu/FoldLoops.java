package dev.manabi.kernels.cpu;

/** The vector loops of one {@link Fold}, to be called through its {@link FoldKernel}. */
interface FoldLoops {
  /**
   * As {@link FoldKernel#run}.
   *
   * @param room for a vector
   */
  double run(long x, long n, double[] room);

  /** As {@link FoldKernel#columns}, every column in a lane of its own. */
  void columns(long x, long rows, long stride, int cols, double[] into, int at);
}
