package dev.manabi.kernels.cpu;

/** The vector loops of one {@link Formula}, to be called through its {@link FormulaKernel}. */
interface FormulaLoops {
  /** As {@link FormulaKernel#run}, for whole vectors. */
  void run(long x, long y, long out, int n, float[] perRun, float[] perElement, int plane, int at);

  /** The same for less than a vector. */
  void rest(long x, long y, long out, int n, float[] perRun, float[] perElement, int plane, int at);

  /** As {@link FormulaKernel#rows}. */
  void rows(long x, long out, int n, int rows, float[] perRow, int plane);
}
