package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template: {@code y = condition ? a : b}; copied per size of element, since it only moves bits.
 */
@SuppressWarnings({"rawtypes", "unchecked"})
final class SelectLoop implements RowKernel {
  private static final VectorSpecies SPECIES =
      KernelTemplate.function(MethodHandles.lookup(), VectorSpecies.class);
  private static final int LANES = SPECIES.length();
  private static final int BYTES = SPECIES.elementSize() / Byte.SIZE;

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long condition = at[0];
    long a = at[1];
    long b = at[2];
    long y = at[3];
    int conditionStep = step[0];
    int aStep = step[1];
    int bStep = step[2];
    for (int i = 0; i < n; i += LANES) {
      long bits = Bools.get(condition + (long) i * conditionStep, LANES);
      VectorMask mask = VectorMask.fromLong(SPECIES, bits);
      Vector whereTrue =
          SPECIES.fromMemorySegment(Native.ALL, Native.at(a + (long) i * aStep), Native.ORDER);
      Vector whereFalse =
          SPECIES.fromMemorySegment(Native.ALL, Native.at(b + (long) i * bStep), Native.ORDER);
      whereFalse
          .blend(whereTrue, mask)
          .intoMemorySegment(Native.ALL, Native.at(y + (long) i * BYTES), Native.ORDER);
    }
  }
}
