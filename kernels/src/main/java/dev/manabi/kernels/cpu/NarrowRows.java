package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;

import java.lang.invoke.MethodHandle;
import jdk.incubator.vector.FloatVector;

/**
 * The largest element and the logarithm of the sum of exponentials of rows that are so short that
 * one alone would leave most lanes of a vector idle. Many rows are turned over first, so that a
 * vector holds the same element of as many rows. (Longer ones: {@link SoftmaxRows}.)
 */
final class NarrowRows {
  /** Longer rows fill vectors by themselves. */
  static final int LONGEST = 2 * COUNT;

  /** Most rows that are taken at once. */
  static final int MOST = 256;

  /** The loops; not final so that they are not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle run = KernelTemplate.entry(NarrowRows.class, "run");

  private static MethodHandle logarithms = KernelTemplate.entry(NarrowRows.class, "logarithms");

  /** The largest element of each row. */
  final float[] max;

  /** The logarithm of the sum of {@code exp(x - max)} over each row. */
  final float[] logs;

  private final int n;

  /** Of rows of {@code n} elements, of which at most {@code most} are taken at once. */
  NarrowRows(int n, int most) {
    this.n = n;
    max = new float[Math.ceilDiv(most, COUNT) * COUNT];
    logs = new float[max.length];
  }

  /** Takes {@code rows} rows that follow each other from {@code x} on. */
  void take(long x, int rows) {
    long turned = Workspace.get().floats(Workspace.Use.ROWS, (long) n * max.length);
    long step = (long) max.length * Float.BYTES;
    Moves.of(Float.BYTES).transpose(x, (long) n * Float.BYTES, turned, step, n, rows);
    try {
      run.invokeExact(turned, step, n, rows, max, logs);
      logarithms.invokeExact(logs, rows);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  /**
   * The elements {@code c} of rows are adjacent at {@code x + c * step}. The exponential of the
   * largest is 1; the others are added up apart from it, lest a small sum is rounded away.
   */
  static void run(long x, long step, int n, int rows, float[] max, float[] sums) {
    for (int i = 0; i < rows; i += COUNT) {
      long at = x + (long) i * Float.BYTES;
      FloatVector best = Simd.broadcast(Float.NEGATIVE_INFINITY);
      for (int c = 0; c < n; c++) {
        // NaN is not larger than anything; its exponential makes the sum NaN.
        FloatVector v = Simd.load(at + c * step);
        best = best.blend(v, v.compare(GT, best));
      }
      FloatVector one = Simd.broadcast(1);
      FloatVector others = Simd.zero();
      for (int c = 0; c < n; c++) {
        FloatVector below = Simd.load(at + c * step).sub(best);
        FloatVector largest = Simd.zero().blend(one, below.compare(EQ, 0f));
        one = one.sub(largest);
        others = others.add(FloatMath.expDownward(below).sub(largest));
      }
      best.intoArray(max, i);
      others.intoArray(sums, i);
    }
  }

  /** {@code ln(1 + sum)} in place of each sum. Behind the loop above it would not be inlined. */
  static void logarithms(float[] sums, int rows) {
    for (int i = 0; i < rows; i += COUNT) {
      FloatMath.log1p(Simd.load(sums, i)).intoArray(sums, i);
    }
  }
}
