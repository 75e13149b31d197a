package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Template: {@code y bool = test(a, b)}; copied per question and element type. */
@SuppressWarnings({"rawtypes", "unchecked"})
final class TestLoop implements RowKernel {
  /** The question, how many operands it reads, and the vectors it works on. */
  record Question(VectorSpecies<?> species, int arity, Lanes.Test<?> test) {}

  private static final Question QUESTION =
      KernelTemplate.function(MethodHandles.lookup(), Question.class);
  private static final VectorSpecies SPECIES = QUESTION.species();
  private static final Lanes.Test TEST = QUESTION.test();
  private static final int LANES = SPECIES.length();
  private static final int ARITY = QUESTION.arity();
  private static final int B = ARITY - 1;

  @Override
  public int lanes() {
    return LANES;
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
      VectorMask mask = TEST.apply(va, vb);
      Bools.put(y + i, mask.toLong(), LANES);
    }
  }

  private static Vector load(long address) {
    return SPECIES.fromMemorySegment(Native.ALL, Native.at(address), Native.ORDER);
  }
}
