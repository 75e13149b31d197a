package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** {@code (x, random words) -> word's uniform number < p ? 0 : x * scale} in f32. */
record DropoutLoop(int threshold, float scale) implements RowKernel {
  private static final VectorSpecies<Integer> WORDS = Simd.I32;

  /** {@code u < p} for u = k / 2^24 is {@code k < ceil(p * 2^24)}. */
  static DropoutLoop of(double p) {
    return new DropoutLoop((int) Math.ceil(p * 0x1p24), (float) (1 / (1 - p)));
  }

  @Override
  public int lanes() {
    return WORDS.length();
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long x = at[0];
    long words = at[1];
    long y = at[2];
    int xStep = step[0];
    for (int i = 0; i < n; i += WORDS.length()) {
      long offset = (long) i * Float.BYTES;
      IntVector word =
          IntVector.fromMemorySegment(WORDS, Native.ALL, Native.at(words + offset), Native.ORDER);
      Simd.store(drop(Simd.load(x + (long) i * xStep), word, threshold, scale), y + offset);
    }
  }

  static FloatVector drop(FloatVector x, IntVector words, int threshold, float scale) {
    FloatVector scaled = Simd.known(x).mul(scale);
    return scaled.blend(0f, words.lanewise(LSHR, 8).compare(LT, threshold).cast(Simd.F32));
  }
}
