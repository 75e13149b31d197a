package dev.manabi.kernels.cpu;

import dev.manabi.tensor.op.CreateOp;
import java.lang.invoke.MethodHandle;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** {@code start + i * step} as f32 on vectors; in f64, since the reference rounds only the sum. */
final class RangeLoop {
  private static final VectorSpecies<Double> F64 = DoubleMath.F64;

  /** Elements per call: the JIT counts calls, so that long ones would stay interpreted. */
  private static final int PIECE = 1 << 12;

  /** Not final so that the loop is not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle piece = KernelTemplate.entry(RangeLoop.class, "piece");

  private RangeLoop() {}

  /**
   * Writes elements {@code from} to {@code to - 1} of the row at {@code y}, as many as fill
   * vectors.
   *
   * @return the first one that is left
   */
  static long run(CreateOp.Range op, long y, long from, long to) {
    long end = to - (to - from) % F64.length();
    try {
      for (long i = from; i < end; i += PIECE) {
        int n = (int) Math.min(PIECE, end - i);
        piece.invokeExact(op.start(), op.step(), i, n, y + i * Float.BYTES);
      }
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
    return end;
  }

  static void piece(double start, double step, long from, int n, long y) {
    DoubleVector index = DoubleVector.zero(F64).addIndex(1).add((double) from);
    for (int i = 0; i < n; i += F64.length()) {
      DoubleMath.narrow(index.mul(step).add(start))
          .intoMemorySegment(Native.ALL, Native.at(y + 4L * i), Native.ORDER);
      index = index.add((double) F64.length());
    }
  }
}
