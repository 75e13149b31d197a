package dev.manabi.kernels.lessons.gemm;

import dev.manabi.kernels.lessons.Lanes;
import dev.manabi.kernels.lessons.Memory;
import jdk.incubator.vector.FloatVector;

/**
 * The innermost loop in vectors: one fused multiply-add computes as many neighbouring elements of C
 * as a vector has lanes.
 *
 * <p>Faster, because an instruction does 2 x 16 operations (with 512 bits) where it did one. But
 * each still needs two vectors loaded and one stored, and the processor does those at half the rate
 * of multiply-adds: memory, not arithmetic, sets the pace.
 */
final class Step03Vectors implements Gemm {
  @Override
  public void multiply(Matrix a, Matrix b, Matrix c) {
    c.clear();
    int whole = Lanes.F32.loopBound(c.columns());
    for (int i = 0; i < c.rows(); i++) {
      for (int k = 0; k < a.columns(); k++) {
        addRow(a.get(i, k), b, k, c, i, whole);
      }
    }
    Step02LoopOrder.addPart(a, b, c, 0, c.rows(), whole, c.columns());
  }

  /** Adds {@code x} times the first {@code n} numbers of a row of B to a row of C. */
  private static void addRow(float x, Matrix b, int k, Matrix c, int i, int n) {
    FloatVector factor = FloatVector.broadcast(Lanes.F32, x);
    for (int j = 0; j < n; j += Lanes.COUNT) {
      FloatVector sum = Memory.load(c.at(i, j));
      Memory.store(Memory.load(b.at(k, j)).fma(factor, sum), c.at(i, j));
    }
  }
}
