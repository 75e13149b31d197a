package dev.manabi.kernels.cpu;

/** The vector loop of one {@link Formula}, to be called through its {@link FormulaKernel}. */
interface FormulaLoops {
  /** As {@link FormulaKernel#run}. */
  void run(long x, long y, long out, int n, float[] perRun, float[] perElement, int plane, int at);
}
