package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Vectors.COUNT;
import static dev.manabi.kernels.cpu.Vectors.F32;
import static dev.manabi.kernels.cpu.Vectors.F64;

import java.lang.invoke.MethodHandle;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Exponentials that are stored and summed at once. */
final class ExponentialLoop {
  /** {@link #loop}; not final so that it is not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle loop = KernelTemplate.entry(ExponentialLoop.class, "loop");

  private ExponentialLoop() {}

  /** {@code y = exp(x - max)} for {@code n} neighbouring f32 elements; returns the sum. */
  static double run(long x, long y, int n, float max) {
    try {
      return (double) loop.invokeExact(x, y, n, max, Scratch.get().sums);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  static double loop(long x, long y, int n, float max, double[] room) {
    FloatVector zero = FloatVector.zero(F32);
    DoubleVector a = DoubleVector.zero(F64);
    DoubleVector b = a;
    for (int i = 0; i < n; i += COUNT) {
      VectorMask<Float> lanes = Vectors.first(Math.min(COUNT, n - i));
      FloatVector e = zero.blend(FloatMath.exp(Vectors.load(x + 4L * i, lanes).sub(max)), lanes);
      Vectors.store(e, y + 4L * i, lanes);
      a = a.add(Vectors.low(e));
      b = b.add(Vectors.high(e));
    }
    return Vectors.sum(a.add(b), room);
  }
}
