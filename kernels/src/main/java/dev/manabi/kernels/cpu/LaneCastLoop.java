package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/** Template: {@code x -> x as another dtype} on vectors; copied per pair of dtypes. */
@SuppressWarnings({"rawtypes", "unchecked"})
final class LaneCastLoop implements RowKernel {
  /** The conversion of a vector, and the vectors it reads and writes: of equally many lanes. */
  record Conversion(VectorSpecies<?> from, VectorSpecies<?> to, LaneCasts.Cast cast) {}

  private static final Conversion CONVERSION =
      KernelTemplate.function(MethodHandles.lookup(), Conversion.class);
  private static final VectorSpecies FROM = CONVERSION.from();
  private static final LaneCasts.Cast CAST = CONVERSION.cast();
  private static final int LANES = FROM.length();
  private static final int BYTES = CONVERSION.to().elementSize() / Byte.SIZE;

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long x = at[0];
    long y = at[1];
    int xStep = step[0];
    for (int i = 0; i < n; i += LANES) {
      Vector v = FROM.fromMemorySegment(Native.ALL, Native.at(x + (long) i * xStep), Native.ORDER);
      CAST.apply(v).intoMemorySegment(Native.ALL, Native.at(y + (long) i * BYTES), Native.ORDER);
    }
  }
}
