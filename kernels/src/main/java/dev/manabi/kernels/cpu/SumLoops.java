package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Vectors.BYTES;
import static dev.manabi.kernels.cpu.Vectors.COUNT;
import static dev.manabi.kernels.cpu.Vectors.F32;
import static dev.manabi.kernels.cpu.Vectors.F64;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The template of {@link FoldLoops} for sums and products, which are joined in f64: reading memory
 * takes longer than that, and a sum of any length is exact to the last bits of f32. The order of
 * joins depends on the sizes alone.
 */
final class SumLoops implements FoldLoops {
  private static final Fold FOLD = KernelTemplate.function(MethodHandles.lookup(), Fold.class);
  private static final Fold.Term TERM = FOLD.term();
  private static final VectorOperators.Associative JOIN = FOLD.join();
  private static final double IDENTITY = FOLD.identity();
  private static final boolean HEAVY = FOLD.heavy();
  private static final int BLOCK_COLS = 2 * COUNT;

  @Override
  public double run(long x, long y, long n, float m) {
    FloatVector mean = FloatVector.broadcast(F32, m);
    DoubleVector a = identityVector();
    DoubleVector b = a;
    DoubleVector c = a;
    DoubleVector d = a;
    long i = 0;
    for (; !HEAVY && i + BLOCK_COLS <= n; i += BLOCK_COLS) {
      FloatVector s = term(x + 4 * i, y + 4 * i, mean);
      FloatVector t = term(x + 4 * i + BYTES, y + 4 * i + BYTES, mean);
      a = a.lanewise(JOIN, Vectors.widen(s, 0));
      b = b.lanewise(JOIN, Vectors.widen(s, 1));
      c = c.lanewise(JOIN, Vectors.widen(t, 0));
      d = d.lanewise(JOIN, Vectors.widen(t, 1));
    }
    for (; i < n; i += COUNT) {
      FloatVector s = term(x + 4 * i, y + 4 * i, mean, Vectors.first(Math.min(COUNT, n - i)));
      a = a.lanewise(JOIN, Vectors.widen(s, 0));
      b = b.lanewise(JOIN, Vectors.widen(s, 1));
    }
    return Vectors.across(
        FOLD.joinScalars(), a.lanewise(JOIN, b).lanewise(JOIN, c.lanewise(JOIN, d)));
  }

  private static FloatVector term(long x, long y, FloatVector m) {
    return TERM.of(Vectors.load(x), Vectors.load(y), m);
  }

  /** The same where {@code mask} is set, the identity elsewhere. */
  private static FloatVector term(long x, long y, FloatVector m, VectorMask<Float> mask) {
    FloatVector term = TERM.of(Vectors.load(x, mask), Vectors.load(y, mask), m);
    return FloatVector.broadcast(F32, (float) IDENTITY).blend(term, mask);
  }

  private static DoubleVector identityVector() {
    return DoubleVector.broadcast(F64, IDENTITY);
  }

  @Override
  public void columns(
      long x, long y, long rows, long stride, int cols, float[] m, int mAt, double[] into, int at) {
    for (long r = 0; r < rows; r += ColumnGroups.ROWS) {
      long o = 4 * r * stride;
      some(x + o, y + o, Math.min(ColumnGroups.ROWS, rows - r), stride, cols, m, mAt, into, at);
    }
  }

  private static void some(
      long x, long y, long rows, long stride, int cols, float[] m, int mAt, double[] into, int at) {
    int c = 0;
    for (; !HEAVY && c + BLOCK_COLS <= cols; c += BLOCK_COLS) {
      twoVectors(x + 4L * c, y + 4L * c, rows, stride, m, mAt + c, into, at + c);
    }
    for (; c < cols; c += COUNT) {
      int n = Math.min(COUNT, cols - c);
      oneVector(x + 4L * c, y + 4L * c, rows, stride, n, m, mAt + c, into, at + c);
    }
  }

  private static void twoVectors(
      long x, long y, long rows, long stride, float[] m, int mAt, double[] into, int at) {
    FloatVector m0 = Vectors.constants(m, mAt);
    FloatVector m1 = Vectors.constants(m, mAt + COUNT);
    int half = F64.length();
    DoubleVector a = DoubleVector.fromArray(F64, into, at);
    DoubleVector b = DoubleVector.fromArray(F64, into, at + half);
    DoubleVector c = DoubleVector.fromArray(F64, into, at + 2 * half);
    DoubleVector d = DoubleVector.fromArray(F64, into, at + 3 * half);
    long end = 4 * stride * rows;
    for (long i = 0; i < end; i += 4 * stride) {
      FloatVector s = term(x + i, y + i, m0);
      FloatVector t = term(x + i + BYTES, y + i + BYTES, m1);
      a = a.lanewise(JOIN, Vectors.widen(s, 0));
      b = b.lanewise(JOIN, Vectors.widen(s, 1));
      c = c.lanewise(JOIN, Vectors.widen(t, 0));
      d = d.lanewise(JOIN, Vectors.widen(t, 1));
    }
    a.intoArray(into, at);
    b.intoArray(into, at + half);
    c.intoArray(into, at + 2 * half);
    d.intoArray(into, at + 3 * half);
  }

  private static void oneVector(
      long x, long y, long rows, long stride, int n, float[] m, int mAt, double[] into, int at) {
    VectorMask<Float> mask = Vectors.first(n);
    FloatVector mean = Vectors.constants(m, mAt, mask);
    int half = F64.length();
    VectorMask<Double> low = Vectors.firstDoubles(n);
    VectorMask<Double> high = Vectors.firstDoubles(n - half);
    DoubleVector a = DoubleVector.fromArray(F64, into, at, low);
    DoubleVector b = DoubleVector.fromArray(F64, into, at + half, high);
    long end = 4 * stride * rows;
    for (long i = 0; i < end; i += 4 * stride) {
      FloatVector s = term(x + i, y + i, mean, mask);
      a = a.lanewise(JOIN, Vectors.widen(s, 0));
      b = b.lanewise(JOIN, Vectors.widen(s, 1));
    }
    a.intoArray(into, at, low);
    b.intoArray(into, at + half, high);
  }
}
