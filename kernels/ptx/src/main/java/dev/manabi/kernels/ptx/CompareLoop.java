package dev.manabi.kernels.ptx;

import java.lang.invoke.MethodHandles;

/** In which lanes a relation of two registers holds. */
final class CompareLoop implements Comparison.Loop {
  private static final Comparison.Relation RELATION =
      LoopTemplate.function(MethodHandles.lookup(), Comparison.Relation.class);

  @Override
  public int run(long[] r, int mask, int a, int b, int shift) {
    int result = 0;
    for (int m = mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      if (RELATION.holds(r[a + lane] >>> shift, r[b + lane] >>> shift)) {
        result |= 1 << lane;
      }
    }
    return result;
  }
}
