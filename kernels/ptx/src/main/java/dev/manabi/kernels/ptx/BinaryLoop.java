package dev.manabi.kernels.ptx;

import java.lang.invoke.MethodHandles;
import java.util.function.LongBinaryOperator;

/** {@code to = f(a, b)} in each lane. */
final class BinaryLoop implements LaneLoop {
  private static final LongBinaryOperator FUNCTION =
      LoopTemplate.function(MethodHandles.lookup(), LongBinaryOperator.class);

  @Override
  public void run(long[] r, int mask, int to, int a, int b, int c) {
    if (mask == -1) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        r[to + lane] = FUNCTION.applyAsLong(r[a + lane], r[b + lane]);
      }
      return;
    }
    for (int m = mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      r[to + lane] = FUNCTION.applyAsLong(r[a + lane], r[b + lane]);
    }
  }
}
