package dev.manabi.kernels.ptx;

import java.lang.invoke.MethodHandles;

/** Each lane reads numbers that stand one behind the other. */
final class LoadLoop implements MemoryLoop {
  private static final Access ACCESS = LoopTemplate.function(MethodHandles.lookup(), Access.class);

  @Override
  public void run(Warp warp, int mask, int[] to, int base, long offset) {
    long[] r = warp.registers;
    int bytes = ACCESS.type().bytes();
    for (int m = mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      long at = r[base + lane] + offset;
      AddressSpace.checkAligned(warp, lane, at, bytes * ACCESS.count());
      for (int i = 0; i < ACCESS.count(); i++) {
        long value = ACCESS.memory().read(warp, lane, at + (long) i * bytes, bytes);
        r[to[i] + lane] = ACCESS.type().narrow(value);
      }
    }
  }
}
