package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/** Template: {@code y = fn(a, b, c)} of one element type; copied per function and type. */
@SuppressWarnings({"rawtypes", "unchecked"})
final class MapLoop implements RowKernel {
  /** The function, how many operands it reads, and the vectors it works on. */
  record Function(VectorSpecies<?> species, int arity, Lanes.Map<?> map) {}

  private static final Function FUNCTION =
      KernelTemplate.function(MethodHandles.lookup(), Function.class);
  private static final VectorSpecies SPECIES = FUNCTION.species();
  private static final Lanes.Map MAP = FUNCTION.map();
  private static final int LANES = SPECIES.length();
  private static final int BYTES = SPECIES.elementSize() / Byte.SIZE;
  private static final int ARITY = FUNCTION.arity();
  private static final int B = Math.min(1, ARITY - 1);
  private static final int C = ARITY - 1;

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long a = at[0];
    long b = at[B];
    long c = at[C];
    long y = at[ARITY];
    int aStep = step[0];
    int bStep = step[B];
    int cStep = step[C];
    for (int i = 0; i < n; i += LANES) {
      // ARITY is a constant: the JIT sees one load per operand that is there.
      Vector va = load(a + (long) i * aStep);
      Vector vb = ARITY > 1 ? load(b + (long) i * bStep) : va;
      Vector vc = ARITY > 2 ? load(c + (long) i * cStep) : va;
      Vector result = MAP.apply(va, vb, vc);
      result.intoMemorySegment(Native.ALL, Native.at(y + (long) i * BYTES), Native.ORDER);
    }
  }

  private static Vector load(long address) {
    return SPECIES.fromMemorySegment(Native.ALL, Native.at(address), Native.ORDER);
  }
}
