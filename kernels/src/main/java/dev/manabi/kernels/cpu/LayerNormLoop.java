package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;
import static dev.manabi.kernels.cpu.Simd.F64;

import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Layer norm, row by row: {@code y = (x - mean) * rstd * weight + bias}. While a row is written,
 * the sums of the next one are taken, so that memory is read and written at the same time.
 *
 * @param size elements of a row
 * @param weight of every element, filled up to a whole vector
 * @param bias likewise
 */
record LayerNormLoop(int size, float[] weight, float[] bias) {
  /** Not final so that the loop is not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle look = KernelTemplate.entry(LayerNormLoop.class, "look");

  /**
   * Normalizes the row at {@code x}.
   *
   * @param y where it is written
   * @param next the row whose sum and sum of squares are wanted
   * @param sums where they are put
   */
  void row(long x, long y, float mean, float rstd, long next, double[] sums) {
    double[] lanes = Scratch.get().sums;
    try {
      look.invokeExact(this, x, y, mean, rstd, next, lanes);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
    Arrays.fill(sums, 0);
    for (int k = 0; k < COUNT; k++) {
      sums[0] += lanes[k];
      sums[1] += lanes[COUNT + k];
    }
  }

  /** Leaves the sums of each lane, and behind them those of squares. */
  void look(long x, long y, float mean, float rstd, long next, double[] lanes) {
    DoubleVector low = DoubleVector.zero(F64);
    DoubleVector high = low;
    DoubleVector lowSquares = low;
    DoubleVector highSquares = low;
    int whole = size & -COUNT;
    for (int i = 0; i < whole; i += COUNT) {
      Simd.store(normal(Simd.load(x + 4L * i), mean, rstd, i), y + 4L * i);
      FloatVector ahead = Simd.load(next + 4L * i);
      DoubleVector v0 = Simd.low(ahead);
      DoubleVector v1 = Simd.high(ahead);
      low = low.add(v0);
      high = high.add(v1);
      lowSquares = v0.fma(v0, lowSquares);
      highSquares = v1.fma(v1, highSquares);
    }
    if (whole < size) {
      long rest = 4L * whole;
      VectorMask<Float> last = Simd.first(size - whole);
      Simd.store(normal(Simd.load(x + rest, last), mean, rstd, whole), y + rest, last);
      FloatVector ahead = Simd.load(next + rest, last);
      DoubleVector v0 = Simd.low(ahead);
      DoubleVector v1 = Simd.high(ahead);
      low = low.add(v0);
      high = high.add(v1);
      lowSquares = v0.fma(v0, lowSquares);
      highSquares = v1.fma(v1, highSquares);
    }
    low.intoArray(lanes, 0);
    high.intoArray(lanes, F64.length());
    lowSquares.intoArray(lanes, COUNT);
    highSquares.intoArray(lanes, COUNT + F64.length());
  }

  private FloatVector normal(FloatVector x, float mean, float rstd, int i) {
    FloatVector w = Simd.load(weight, i);
    return x.sub(mean).mul(rstd).fma(w, Simd.load(bias, i));
  }
}
