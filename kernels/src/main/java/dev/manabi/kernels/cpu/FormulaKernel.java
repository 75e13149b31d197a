package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandle;

/** The loop of one {@link Formula}. Addresses are of f32 elements. */
final class FormulaKernel {
  /** Elements per call: the JIT counts calls, so that long ones would stay interpreted. */
  private static final int PIECE = 1 << 13;

  /** Not final so that loops are not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle run = KernelTemplate.entry(FormulaLoops.class, "run");

  private static MethodHandle rest = KernelTemplate.entry(FormulaLoops.class, "rest");

  private static MethodHandle rows = KernelTemplate.entry(FormulaLoops.class, "rows");

  private final FormulaLoops loops;

  FormulaKernel(Formula formula) {
    loops = KernelTemplate.copy(FormulaLoops.class, FormulaLoop.class, formula);
  }

  /** Planes of {@code size} constants, and behind them so much that no vector reaches beyond. */
  static float[] planes(int count, int size) {
    return new float[Math.addExact(Math.multiplyExact(count, size), Simd.COUNT)];
  }

  /**
   * Computes {@code n} neighbouring elements of {@code out} from those of {@code x} and {@code y}.
   *
   * @param perRun the constants of this run
   * @param perElement planes of constants: the {@code k}th of element {@code i} is at {@code k *
   *     plane + at + i} of an array of {@link #planes}
   */
  void run(
      long x, long y, long out, long n, float[] perRun, float[] perElement, int plane, int at) {
    long whole = n - n % Simd.COUNT;
    // Runs without constants of the element may be longer than an int can count.
    int last = perElement.length == 0 ? 0 : at + (int) whole;
    try {
      for (long i = 0; i < whole; i += PIECE) {
        int piece = (int) Math.min(PIECE, whole - i);
        int from = perElement.length == 0 ? 0 : at + (int) i;
        run.invokeExact(
            loops, x + 4 * i, y + 4 * i, out + 4 * i, piece, perRun, perElement, plane, from);
      }
      if (whole < n) {
        long i = 4 * whole;
        int few = (int) (n - whole);
        rest.invokeExact(loops, x + i, y + i, out + i, few, perRun, perElement, plane, last);
      }
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  /**
   * Computes rows that follow each other, each of {@code n} elements, of a formula of one tensor
   * whose constants are all of the run: here, of the row.
   *
   * @param perRow planes of constants: the {@code k}th of row {@code r} is at {@code k * plane + r}
   */
  void rows(long x, long out, int n, int count, float[] perRow, int plane) {
    try {
      rows.invokeExact(loops, x, out, n, count, perRow, plane);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }
}
