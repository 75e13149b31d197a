package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Vectors.COUNT;
import static dev.manabi.kernels.cpu.Vectors.F32;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The template of {@link FormulaKernel}. */
final class FormulaLoop implements FormulaKernel {
  private static final Formula FORMULA =
      KernelTemplate.function(MethodHandles.lookup(), Formula.class);
  private static final Formula.Function FUNCTION = FORMULA.function();
  private static final int PER_RUN = FORMULA.perRun();
  private static final int CONSTANTS = PER_RUN + FORMULA.perElement();

  @Override
  public void run(
      long x, long y, long out, long n, float[] perRun, float[] perElement, int plane, int at) {
    FloatVector p = ofRun(perRun, 0);
    FloatVector q = ofRun(perRun, 1);
    FloatVector r = ofRun(perRun, 2);
    FloatVector s = ofRun(perRun, 3);
    long whole = n - n % COUNT;
    for (long i = 0; i < whole; i += COUNT) {
      int j = at + (int) i;
      FloatVector v =
          FUNCTION.of(
              Vectors.load(x + 4 * i),
              Vectors.load(y + 4 * i),
              ofElement(p, 0, perElement, plane, j),
              ofElement(q, 1, perElement, plane, j),
              ofElement(r, 2, perElement, plane, j),
              ofElement(s, 3, perElement, plane, j));
      Vectors.store(v, out + 4 * i);
    }
    if (whole < n) {
      int j = at + (int) whole;
      VectorMask<Float> mask = Vectors.first(n - whole);
      FloatVector v =
          FUNCTION.of(
              Vectors.load(x + 4 * whole, mask),
              Vectors.load(y + 4 * whole, mask),
              ofElement(p, 0, perElement, plane, j, mask),
              ofElement(q, 1, perElement, plane, j, mask),
              ofElement(r, 2, perElement, plane, j, mask),
              ofElement(s, 3, perElement, plane, j, mask));
      Vectors.store(v, out + 4 * whole, mask);
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
