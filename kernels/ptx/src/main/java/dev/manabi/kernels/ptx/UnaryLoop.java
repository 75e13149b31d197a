package dev.manabi.kernels.ptx;

import java.lang.invoke.MethodHandles;
import java.util.function.LongUnaryOperator;

/** {@code to = f(a)} in each lane. */
final class UnaryLoop implements LaneLoop {
  private static final LongUnaryOperator FUNCTION =
      LoopTemplate.function(MethodHandles.lookup(), LongUnaryOperator.class);

  @Override
  public void run(long[] r, int mask, int to, int a, int b, int c) {
    if (mask == -1) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        r[to + lane] = FUNCTION.applyAsLong(r[a + lane]);
      }
      return;
    }
    for (int m = mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      r[to + lane] = FUNCTION.applyAsLong(r[a + lane]);
    }
  }
}
