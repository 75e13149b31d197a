package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.BYTES;
import static dev.manabi.kernels.cpu.Simd.COUNT;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The template of {@link FoldLoops} for maxima and minima, which need no more than f32. */
final class ExtremeLoops implements FoldLoops {
  private static final Fold FOLD = KernelTemplate.function(MethodHandles.lookup(), Fold.class);
  private static final Fold.Term TERM = FOLD.term();
  private static final VectorOperators.Associative JOIN = FOLD.join();
  private static final float IDENTITY = (float) FOLD.identity();

  @Override
  public double run(long x, long n, double[] room) {
    FloatVector a = Simd.broadcast(IDENTITY);
    FloatVector b = a;
    // Two at a time: for the sake of NaN, to join takes several instructions, one after another.
    for (long i = 0; i < n; i += 2 * COUNT) {
      a = step(a, x + 4 * i, Simd.firstOrNone(n - i));
      b = step(b, x + 4 * i + BYTES, Simd.firstOrNone(n - i - COUNT));
    }
    return a.lanewise(JOIN, b).reduceLanes(JOIN);
  }

  private static FloatVector step(FloatVector s, long x, VectorMask<Float> lanes) {
    return s.blend(s.lanewise(JOIN, TERM.of(Simd.load(x, lanes))), lanes);
  }

  @Override
  public void columns(long x, long rows, long stride, int cols, double[] into, int at) {
    float[] best = new float[Math.ceilDiv(cols, COUNT) * COUNT];
    Arrays.fill(best, IDENTITY);
    int group = ColumnGroups.rows(cols);
    for (long r = 0; r < rows; r += group) {
      long some = Math.min(group, rows - r);
      for (int c = 0; c < cols; c += COUNT) {
        long first = x + 4 * (r * stride + c);
        strip(first, some, 4 * stride, Math.min(COUNT, cols - c), best, c);
      }
    }
    for (int k = 0; k < cols; k++) {
      into[at + k] = FOLD.joinScalars().applyAsDouble(into[at + k], best[k]);
    }
  }

  /** Columns that fill a vector, or the last ones, which do not. */
  private static void strip(long x, long rows, long step, int cols, float[] best, int at) {
    VectorMask<Float> lanes = Simd.first(cols);
    FloatVector a = Simd.load(best, at);
    long end = step * rows;
    for (long i = 0; i < end; i += step) {
      a = step(a, x + i, lanes);
    }
    a.intoArray(best, at);
  }
}
