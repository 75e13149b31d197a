package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template: {@code y = fn(a, b)} by a vector function that is not right for all operands; a vector
 * in which one is out of the ordinary is left to the scalar loop. Copied per function and type.
 */
@SuppressWarnings({"rawtypes", "unchecked"})
final class GuardedLoop implements RowKernel {
  /** The function, the operands it is right for, one of them, and what computes the others. */
  record Function(
      VectorSpecies<?> species,
      int arity,
      Lanes.Map<?> map,
      Lanes.Test<?> ordinary,
      RowKernel scalar,
      long filler) {}

  private static final Function FUNCTION =
      KernelTemplate.function(MethodHandles.lookup(), Function.class);
  private static final VectorSpecies SPECIES = FUNCTION.species();
  private static final Lanes.Map MAP = FUNCTION.map();
  private static final Lanes.Test ORDINARY = FUNCTION.ordinary();
  private static final RowKernel SCALAR = FUNCTION.scalar();
  private static final int LANES = SPECIES.length();
  private static final int BYTES = SPECIES.elementSize() / Byte.SIZE;
  private static final int ARITY = FUNCTION.arity();
  private static final int B = ARITY - 1;

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public long filler() {
    return FUNCTION.filler();
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long a = at[0];
    long b = at[B];
    long y = at[ARITY];
    int aStep = step[0];
    int bStep = step[B];
    for (int i = 0; i < n; i += LANES) {
      Vector va = load(a + (long) i * aStep);
      Vector vb = ARITY > 1 ? load(b + (long) i * bStep) : va;
      if (ORDINARY.apply(va, vb).allTrue()) {
        Vector result = MAP.apply(va, vb, va);
        result.intoMemorySegment(Native.ALL, Native.at(y + (long) i * BYTES), Native.ORDER);
      } else {
        scalar(at, step, i);
      }
    }
  }

  /** The vector from element {@code i} on. */
  private static void scalar(long[] at, int[] step, int i) {
    long[] from = at.clone();
    for (int k = 0; k <= ARITY; k++) {
      from[k] += (long) i * step[k];
    }
    Scratch.call(SCALAR, from, step, LANES);
  }

  private static Vector load(long address) {
    return SPECIES.fromMemorySegment(Native.ALL, Native.at(address), Native.ORDER);
  }
}
