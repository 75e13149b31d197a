package dev.manabi.kernels.cpu;

/** The loop of one {@link Formula}. Addresses are of f32 elements. */
interface FormulaKernel {
  /**
   * Computes {@code n} neighbouring elements of {@code out} from those of {@code x} and {@code y}.
   *
   * @param perRun the constants of this run
   * @param perElement planes of constants: the {@code k}th of element {@code i} is at {@code k *
   *     plane + at + i}
   */
  void run(long x, long y, long out, long n, float[] perRun, float[] perElement, int plane, int at);
}
