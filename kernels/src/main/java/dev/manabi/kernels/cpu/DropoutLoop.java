package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code (x, random words) -> word's uniform number < p ? 0 : x / (1 - p)} in f32, multiplied in
 * f64 by the reciprocal: a division there would take longer than the memory.
 */
final class DropoutLoop implements RowKernel {
  private static final VectorSpecies<Double> F64 = VectorSpecies.of(double.class, Simd.SHAPE);
  private static final VectorSpecies<Integer> WORDS = VectorSpecies.of(int.class, Simd.HALF);
  private static final VectorSpecies<Float> F32 = VectorSpecies.of(float.class, Simd.HALF);

  /** {@code u < p} for u = k / 2^24 is {@code k < ceil(p * 2^24)}. */
  private final int threshold;

  private final double scale;

  DropoutLoop(double p) {
    threshold = (int) Math.ceil(p * 0x1p24);
    scale = 1 / (1 - p);
  }

  @Override
  public int lanes() {
    return F64.length();
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long x = at[0];
    long words = at[1];
    long y = at[2];
    int xStep = step[0];
    for (int i = 0; i < n; i += F64.length()) {
      long offset = (long) i * Float.BYTES;
      var word =
          IntVector.fromMemorySegment(WORDS, Native.ALL, Native.at(words + offset), Native.ORDER);
      var value =
          FloatVector.fromMemorySegment(
              F32, Native.ALL, Native.at(x + (long) i * xStep), Native.ORDER);
      var scaled = ((DoubleVector) value.convertShape(F2D, F64, 0)).mul(scale);
      var dropped = word.lanewise(LSHR, 8).compare(LT, threshold).cast(F32);
      ((FloatVector) scaled.convertShape(D2F, F32, 0))
          .blend(0f, dropped)
          .intoMemorySegment(Native.ALL, Native.at(y + offset), Native.ORDER);
    }
  }
}
