package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The template of {@link FormulaLoops}. */
final class FormulaLoop implements FormulaLoops {
  private static final Formula FORMULA =
      KernelTemplate.function(MethodHandles.lookup(), Formula.class);
  private static final Formula.Function FUNCTION = FORMULA.function();
  private static final int PER_RUN = FORMULA.perRun();
  private static final int CONSTANTS = PER_RUN + FORMULA.perElement();

  @Override
  public void run(
      long x, long y, long out, int n, float[] perRun, float[] perElement, int plane, int at) {
    FloatVector p = ofRun(perRun, 0);
    FloatVector q = ofRun(perRun, 1);
    FloatVector r = ofRun(perRun, 2);
    FloatVector s = ofRun(perRun, 3);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v =
          FUNCTION.of(
              Simd.load(x + 4L * i),
              Simd.load(y + 4L * i),
              ofElement(p, 0, perElement, plane, at + i),
              ofElement(q, 1, perElement, plane, at + i),
              ofElement(r, 2, perElement, plane, at + i),
              ofElement(s, 3, perElement, plane, at + i));
      Simd.store(v, out + 4L * i);
    }
  }

  @Override
  public void rest(
      long x, long y, long out, int n, float[] perRun, float[] perElement, int plane, int at) {
    VectorMask<Float> lanes = Simd.first(n);
    FloatVector v =
        FUNCTION.of(
            Simd.load(x, lanes),
            Simd.load(y, lanes),
            ofElement(ofRun(perRun, 0), 0, perElement, plane, at),
            ofElement(ofRun(perRun, 1), 1, perElement, plane, at),
            ofElement(ofRun(perRun, 2), 2, perElement, plane, at),
            ofElement(ofRun(perRun, 3), 3, perElement, plane, at));
    Simd.store(v, out, lanes);
  }

  @Override
  public void rows(long x, long out, int n, int rows, float[] perRow, int plane) {
    for (int k = 0; k < rows; k++) {
      FloatVector p = ofRun(perRow, 0, k);
      FloatVector q = ofRun(perRow, 1, plane + k);
      FloatVector r = ofRun(perRow, 2, 2 * plane + k);
      FloatVector s = ofRun(perRow, 3, 3 * plane + k);
      for (int i = 0; i < n; i += COUNT) {
        VectorMask<Float> lanes = Simd.first(Math.min(COUNT, n - i));
        FloatVector v = Simd.load(x + 4L * i, lanes);
        Simd.store(FUNCTION.of(v, v, p, q, r, s), out + 4L * i, lanes);
      }
      x += 4L * n;
      out += 4L * n;
    }
  }

  private static FloatVector ofRun(float[] perRun, int k) {
    return ofRun(perRun, k, k);
  }

  private static FloatVector ofRun(float[] constants, int k, int at) {
    return k < PER_RUN ? Simd.broadcast(constants[at]) : Simd.zero();
  }

  private static boolean differs(int k) {
    return k >= PER_RUN && k < CONSTANTS;
  }

  private static FloatVector ofElement(
      FloatVector ofRun, int k, float[] perElement, int plane, int j) {
    return differs(k) ? Simd.load(perElement, (k - PER_RUN) * plane + j) : ofRun;
  }
}
