package dev.manabi.kernels.lessons;

import jdk.incubator.vector.FloatVector;

/** Loops over numbers side by side in memory, a vector at a time. */
public final class Rows {
  private Rows() {}

  /** {@code to[i] += factor * from[i]} for {@code i < n}; what BLAS calls axpy. */
  public static void addScaled(float factor, long from, long to, int n) {
    FloatVector x = FloatVector.broadcast(Lanes.F32, factor);
    int i = 0;
    for (; i < Lanes.F32.loopBound(n); i += Lanes.COUNT) {
      long at = (long) i * Float.BYTES;
      Memory.store(Memory.load(from + at).fma(x, Memory.load(to + at)), to + at);
    }
    for (; i < n; i++) {
      long at = (long) i * Float.BYTES;
      Memory.set(to + at, Memory.get(to + at) + factor * Memory.get(from + at));
    }
  }

  /** {@code to[i] = from[i]} for {@code i < n}. */
  public static void copy(long from, long to, int n) {
    int i = 0;
    for (; i < Lanes.F32.loopBound(n); i += Lanes.COUNT) {
      long at = (long) i * Float.BYTES;
      Memory.store(Memory.load(from + at), to + at);
    }
    for (; i < n; i++) {
      long at = (long) i * Float.BYTES;
      Memory.set(to + at, Memory.get(from + at));
    }
  }

  /** {@code to[i] = 0} for {@code i < n}. */
  public static void clear(long to, int n) {
    FloatVector zeros = FloatVector.zero(Lanes.F32);
    int i = 0;
    for (; i < Lanes.F32.loopBound(n); i += Lanes.COUNT) {
      Memory.store(zeros, to + (long) i * Float.BYTES);
    }
    for (; i < n; i++) {
      Memory.set(to + (long) i * Float.BYTES, 0);
    }
  }
}
