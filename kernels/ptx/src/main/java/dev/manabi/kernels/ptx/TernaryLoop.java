package dev.manabi.kernels.ptx;

import java.lang.invoke.MethodHandles;

/** {@code to = f(a, b, c)} in each lane. */
final class TernaryLoop implements LaneLoop {
  private static final Elementwise.Ternary FUNCTION =
      LoopTemplate.function(MethodHandles.lookup(), Elementwise.Ternary.class);

  @Override
  public void run(long[] r, int mask, int to, int a, int b, int c) {
    if (mask == -1) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        r[to + lane] = FUNCTION.apply(r[a + lane], r[b + lane], r[c + lane]);
      }
      return;
    }
    for (int m = mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      r[to + lane] = FUNCTION.apply(r[a + lane], r[b + lane], r[c + lane]);
    }
  }
}
