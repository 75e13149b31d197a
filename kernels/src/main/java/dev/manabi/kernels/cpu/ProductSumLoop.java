package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;
import static dev.manabi.kernels.cpu.Simd.F64;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Template of {@link ProductSumLoops}. */
final class ProductSumLoop implements ProductSumLoops {
  private static final ProductSums.Kind KIND =
      KernelTemplate.function(MethodHandles.lookup(), ProductSums.Kind.class);
  private static final boolean SQUARES = KIND == ProductSums.Kind.SQUARES;
  private static final int HALF = F64.length();

  @Override
  public void columns(
      long a, long b, long rows, long stride, int cols, double[] into, int plane, int at) {
    int group = ColumnGroups.rows(cols);
    for (long r = 0; r < rows; r += group) {
      int some = (int) Math.min(group, rows - r);
      int c = 0;
      for (; c <= cols - COUNT; c += COUNT) {
        long o = 4 * (r * stride + c);
        strip(a + o, b + o, some, 4 * stride, into, at + c, plane + at + c);
      }
      if (c < cols) {
        long o = 4 * (r * stride + c);
        edge(a + o, b + o, some, 4 * stride, cols - c, into, at + c, plane + at + c);
      }
    }
  }

  /** Columns that fill a vector. */
  private static void strip(
      long a, long b, int rows, long step, double[] into, int sums, int products) {
    DoubleVector low = DoubleVector.fromArray(F64, into, sums);
    DoubleVector high = DoubleVector.fromArray(F64, into, sums + HALF);
    DoubleVector lowProducts = DoubleVector.fromArray(F64, into, products);
    DoubleVector highProducts = DoubleVector.fromArray(F64, into, products + HALF);
    long i = 0;
    for (int r = 0; r < rows; r++, i += step) {
      FloatVector v = Simd.load(a + i);
      FloatVector w = SQUARES ? v : Simd.load(b + i);
      DoubleVector v0 = Simd.low(v);
      DoubleVector v1 = Simd.high(v);
      low = low.add(v0);
      high = high.add(v1);
      lowProducts = v0.fma(Simd.low(w), lowProducts);
      highProducts = v1.fma(Simd.high(w), highProducts);
    }
    low.intoArray(into, sums);
    high.intoArray(into, sums + HALF);
    lowProducts.intoArray(into, products);
    highProducts.intoArray(into, products + HALF);
  }

  /** The last columns, which do not. */
  private static void edge(
      long a, long b, int rows, long step, int cols, double[] into, int sums, int products) {
    VectorMask<Float> lanes = Simd.first(cols);
    VectorMask<Double> lower = Simd.firstDoubles(cols);
    VectorMask<Double> upper = Simd.firstDoubles(cols - HALF);
    DoubleVector low = DoubleVector.fromArray(F64, into, sums, lower);
    DoubleVector high = DoubleVector.fromArray(F64, into, sums + HALF, upper);
    DoubleVector lowProducts = DoubleVector.fromArray(F64, into, products, lower);
    DoubleVector highProducts = DoubleVector.fromArray(F64, into, products + HALF, upper);
    long i = 0;
    for (int r = 0; r < rows; r++, i += step) {
      FloatVector v = Simd.load(a + i, lanes);
      FloatVector w = SQUARES ? v : Simd.load(b + i, lanes);
      DoubleVector v0 = Simd.low(v);
      DoubleVector v1 = Simd.high(v);
      low = low.add(v0);
      high = high.add(v1);
      lowProducts = v0.fma(Simd.low(w), lowProducts);
      highProducts = v1.fma(Simd.high(w), highProducts);
    }
    low.intoArray(into, sums, lower);
    high.intoArray(into, sums + HALF, upper);
    lowProducts.intoArray(into, products, lower);
    highProducts.intoArray(into, products + HALF, upper);
  }
}
