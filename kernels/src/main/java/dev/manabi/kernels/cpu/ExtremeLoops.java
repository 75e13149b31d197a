package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Vectors.BYTES;
import static dev.manabi.kernels.cpu.Vectors.COUNT;
import static dev.manabi.kernels.cpu.Vectors.F32;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The template of {@link FoldLoops} for maxima and minima, which need no more than f32. */
final class ExtremeLoops implements FoldLoops {
  private static final Fold FOLD = KernelTemplate.function(MethodHandles.lookup(), Fold.class);
  private static final Fold.Term TERM = FOLD.term();
  private static final VectorOperators.Associative JOIN = FOLD.join();
  private static final float IDENTITY = (float) FOLD.identity();
  private static final int BLOCK_COLS = 4 * COUNT;

  @Override
  public double run(long x, long y, long n, float m) {
    FloatVector mean = FloatVector.broadcast(F32, m);
    FloatVector a = identityVector();
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    long i = 0;
    for (; i + BLOCK_COLS <= n; i += BLOCK_COLS) {
      a = step(a, x + 4 * i, y + 4 * i, mean);
      b = step(b, x + 4 * i + BYTES, y + 4 * i + BYTES, mean);
      c = step(c, x + 4 * i + 2L * BYTES, y + 4 * i + 2L * BYTES, mean);
      d = step(d, x + 4 * i + 3L * BYTES, y + 4 * i + 3L * BYTES, mean);
    }
    for (; i < n; i += COUNT) {
      a = step(a, x + 4 * i, y + 4 * i, mean, Vectors.first(Math.min(COUNT, n - i)));
    }
    return a.lanewise(JOIN, b).lanewise(JOIN, c.lanewise(JOIN, d)).reduceLanes(JOIN);
  }

  private static FloatVector identityVector() {
    return FloatVector.broadcast(F32, IDENTITY);
  }

  private static FloatVector step(FloatVector s, long x, long y, FloatVector m) {
    return s.lanewise(JOIN, TERM.of(Vectors.load(x), Vectors.load(y), m));
  }

  private static FloatVector step(
      FloatVector s, long x, long y, FloatVector m, VectorMask<Float> mask) {
    FloatVector joined = s.lanewise(JOIN, TERM.of(Vectors.load(x, mask), Vectors.load(y, mask), m));
    return s.blend(joined, mask);
  }

  @Override
  public void columns(
      long x, long y, long rows, long stride, int cols, float[] m, int mAt, double[] into, int at) {
    float[] best = new float[Math.ceilDiv(cols, COUNT) * COUNT];
    int c = 0;
    for (; c + BLOCK_COLS <= cols; c += BLOCK_COLS) {
      fourVectors(x + 4L * c, y + 4L * c, rows, stride, m, mAt + c, best, c);
    }
    for (; c < cols; c += COUNT) {
      int n = Math.min(COUNT, cols - c);
      oneVector(x + 4L * c, y + 4L * c, rows, stride, n, m, mAt + c, best, c);
    }
    for (int k = 0; k < cols; k++) {
      into[at + k] = FOLD.joinScalars().applyAsDouble(into[at + k], best[k]);
    }
  }

  private static void fourVectors(
      long x, long y, long rows, long stride, float[] m, int mAt, float[] best, int at) {
    FloatVector m0 = Vectors.constants(m, mAt);
    FloatVector m1 = Vectors.constants(m, mAt + COUNT);
    FloatVector m2 = Vectors.constants(m, mAt + 2 * COUNT);
    FloatVector m3 = Vectors.constants(m, mAt + 3 * COUNT);
    FloatVector a = identityVector();
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    long end = 4 * stride * rows;
    for (long i = 0; i < end; i += 4 * stride) {
      a = step(a, x + i, y + i, m0);
      b = step(b, x + i + BYTES, y + i + BYTES, m1);
      c = step(c, x + i + 2L * BYTES, y + i + 2L * BYTES, m2);
      d = step(d, x + i + 3L * BYTES, y + i + 3L * BYTES, m3);
    }
    a.intoArray(best, at);
    b.intoArray(best, at + COUNT);
    c.intoArray(best, at + 2 * COUNT);
    d.intoArray(best, at + 3 * COUNT);
  }

  private static void oneVector(
      long x, long y, long rows, long stride, int n, float[] m, int mAt, float[] best, int at) {
    VectorMask<Float> mask = Vectors.first(n);
    FloatVector mean = Vectors.constants(m, mAt, mask);
    FloatVector a = identityVector();
    long end = 4 * stride * rows;
    for (long i = 0; i < end; i += 4 * stride) {
      a = step(a, x + i, y + i, mean, mask);
    }
    a.intoArray(best, at);
  }
}
