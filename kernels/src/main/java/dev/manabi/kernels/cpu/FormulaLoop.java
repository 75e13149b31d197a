package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Vectors.COUNT;
import static dev.manabi.kernels.cpu.Vectors.F32;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The template of {@link FormulaLoops}. */
final class FormulaLoop implements FormulaLoops {
  private static final Formula FORMULA =
      KernelTemplate.function(MethodHandles.lookup(), Formula.class);
  private static final Formula.Function FUNCTION = FORMULA.function();
  private static final boolean HEAVY = FORMULA.heavy();
  private static final int PER_RUN = FORMULA.perRun();
  private static final int CONSTANTS = PER_RUN + FORMULA.perElement();

  @Override
  public void run(
      long x, long y, long out, int n, float[] perRun, float[] perElement, int plane, int at) {
    FloatVector p = ofRun(perRun, 0);
    FloatVector q = ofRun(perRun, 1);
    FloatVector r = ofRun(perRun, 2);
    FloatVector s = ofRun(perRun, 3);
    int whole = HEAVY ? 0 : n - n % COUNT;
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector v =
          FUNCTION.of(
              Vectors.load(x + 4L * i),
              Vectors.load(y + 4L * i),
              ofElement(p, 0, perElement, plane, at + i),
              ofElement(q, 1, perElement, plane, at + i),
              ofElement(r, 2, perElement, plane, at + i),
              ofElement(s, 3, perElement, plane, at + i));
      Vectors.store(v, out + 4L * i);
    }
    for (int i = whole; i < n; i += COUNT) {
      VectorMask<Float> mask = Vectors.first(Math.min(COUNT, n - i));
      FloatVector v =
          FUNCTION.of(
              Vectors.load(x + 4L * i, mask),
              Vectors.load(y + 4L * i, mask),
              ofElement(p, 0, perElement, plane, at + i, mask),
              ofElement(q, 1, perElement, plane, at + i, mask),
              ofElement(r, 2, perElement, plane, at + i, mask),
              ofElement(s, 3, perElement, plane, at + i, mask));
      Vectors.store(v, out + 4L * i, mask);
    }
  }

  private static FloatVector ofRun(float[] perRun, int k) {
    return k < PER_RUN ? FloatVector.broadcast(F32, perRun[k]) : FloatVector.zero(F32);
  }

  private static boolean differs(int k) {
    return k >= PER_RUN && k < CONSTANTS;
  }

  private static FloatVector ofElement(
      FloatVector ofRun, int k, float[] perElement, int plane, int j) {
    return differs(k) ? FloatVector.fromArray(F32, perElement, (k - PER_RUN) * plane + j) : ofRun;
  }

  private static FloatVector ofElement(
      FloatVector ofRun, int k, float[] perElement, int plane, int j, VectorMask<Float> mask) {
    return differs(k)
        ? FloatVector.fromArray(F32, perElement, (k - PER_RUN) * plane + j, mask)
        : ofRun;
  }
}
