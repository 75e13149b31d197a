package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;
import static dev.manabi.kernels.cpu.Simd.F64;

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

  @Override
  public double run(long x, long n, double[] room) {
    DoubleVector low = DoubleVector.broadcast(F64, IDENTITY);
    DoubleVector high = low;
    long i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      FloatVector s = TERM.of(Simd.load(x + 4 * i));
      low = low.lanewise(JOIN, Simd.low(s));
      high = high.lanewise(JOIN, Simd.high(s));
    }
    if (i < n) {
      FloatVector s = term(x + 4 * i, Simd.first(n - i));
      low = low.lanewise(JOIN, Simd.low(s));
      high = high.lanewise(JOIN, Simd.high(s));
    }
    low.lanewise(JOIN, high).intoArray(room, 0);
    double joined = room[0];
    for (int k = 1; k < F64.length(); k++) {
      joined = FOLD.joinScalars().applyAsDouble(joined, room[k]);
    }
    return joined;
  }

  /** The term where {@code lanes} is set, the identity elsewhere. */
  private static FloatVector term(long x, VectorMask<Float> lanes) {
    FloatVector term = TERM.of(Simd.load(x, lanes));
    return Simd.broadcast((float) IDENTITY).blend(term, lanes);
  }

  @Override
  public void columns(long x, long rows, long stride, int cols, double[] into, int at) {
    int group = ColumnGroups.rows(cols);
    for (long r = 0; r < rows; r += group) {
      long some = Math.min(group, rows - r);
      long first = x + 4 * r * stride;
      int c = 0;
      for (; c <= cols - COUNT; c += COUNT) {
        strip(first + 4L * c, some, 4 * stride, into, at + c);
      }
      if (c < cols) {
        edge(first + 4L * c, some, 4 * stride, cols - c, into, at + c);
      }
    }
  }

  /** Columns that fill a vector. */
  private static void strip(long x, long rows, long step, double[] into, int at) {
    DoubleVector low = DoubleVector.fromArray(F64, into, at);
    DoubleVector high = DoubleVector.fromArray(F64, into, at + F64.length());
    long end = step * rows;
    for (long i = 0; i < end; i += step) {
      FloatVector s = TERM.of(Simd.load(x + i));
      low = low.lanewise(JOIN, Simd.low(s));
      high = high.lanewise(JOIN, Simd.high(s));
    }
    low.intoArray(into, at);
    high.intoArray(into, at + F64.length());
  }

  /** The last columns, which do not. */
  private static void edge(long x, long rows, long step, int cols, double[] into, int at) {
    VectorMask<Float> lanes = Simd.first(cols);
    int half = F64.length();
    VectorMask<Double> lower = Simd.firstDoubles(cols);
    VectorMask<Double> upper = Simd.firstDoubles(cols - half);
    DoubleVector low = DoubleVector.fromArray(F64, into, at, lower);
    DoubleVector high = DoubleVector.fromArray(F64, into, at + half, upper);
    long end = step * rows;
    for (long i = 0; i < end; i += step) {
      FloatVector s = term(x + i, lanes);
      low = low.lanewise(JOIN, Simd.low(s));
      high = high.lanewise(JOIN, Simd.high(s));
    }
    low.intoArray(into, at, lower);
    high.intoArray(into, at + half, upper);
  }
}
