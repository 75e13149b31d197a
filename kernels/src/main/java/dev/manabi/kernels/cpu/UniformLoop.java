package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.I2D;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code random words -> f32 numbers uniform on [a, b)}. In f64, since {@code a + (b - a) * u} is
 * rounded once only, as the reference does.
 */
final class UniformLoop implements RowKernel {
  private static final VectorSpecies<Double> F64 = Simd.F64;
  private static final VectorSpecies<Integer> WORDS = VectorSpecies.of(int.class, Simd.HALF);
  private static final VectorSpecies<Float> F32 = VectorSpecies.of(float.class, Simd.HALF);

  private final double a;
  private final double range;

  UniformLoop(double a, double b) {
    this.a = a;
    this.range = b - a;
  }

  @Override
  public int lanes() {
    return F64.length();
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long words = at[0];
    long y = at[1];
    for (int i = 0; i < n; i += F64.length()) {
      long offset = (long) i * Float.BYTES;
      IntVector word =
          IntVector.fromMemorySegment(WORDS, Native.ALL, Native.at(words + offset), Native.ORDER);
      DoubleVector u =
          ((DoubleVector) word.lanewise(LSHR, 8).convertShape(I2D, F64, 0)).mul(0x1p-24);
      u.mul(range)
          .add(a)
          .convertShape(D2F, F32, 0)
          .intoMemorySegment(Native.ALL, Native.at(y + offset), Native.ORDER);
    }
  }
}
