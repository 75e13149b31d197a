package dev.manabi.kernels.ptx;

import java.lang.invoke.MethodHandles;

/** Each lane writes numbers one behind the other. */
final class StoreLoop implements MemoryLoop {
  private static final Access ACCESS = LoopTemplate.function(MethodHandles.lookup(), Access.class);

  @Override
  public void run(Warp warp, int mask, int[] from, int base, long offset) {
    long[] r = warp.registers;
    int bytes = ACCESS.type().bytes();
    for (int m = mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      long at = r[base + lane] + offset;
      AddressSpace.checkAligned(warp, lane, at, bytes * ACCESS.count());
      for (int i = 0; i < ACCESS.count(); i++) {
        ACCESS.memory().write(warp, lane, at + (long) i * bytes, bytes, r[from[i] + lane]);
      }
    }
  }
}
