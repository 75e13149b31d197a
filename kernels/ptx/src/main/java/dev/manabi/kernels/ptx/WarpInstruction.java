package dev.manabi.kernels.ptx;

/**
 * An instruction that lanes of a warp execute together ({@code .sync}): those that come first wait
 * for the others that their member mask names.
 */
final class WarpInstruction implements ControlInstruction {
  /** Instead of a register: all lanes of the warp are members. */
  static final int ALL_LANES = -1;

  private final int memberMask;
  private final LaneInstruction action;

  /**
   * An instruction of the warp.
   *
   * @param memberMask the register of the member mask, or {@link #ALL_LANES}
   * @param action what the members do once all of them have come
   */
  WarpInstruction(int memberMask, LaneInstruction action) {
    this.memberMask = memberMask;
    this.action = action;
  }

  @Override
  public int step(Warp warp, int group, int mask, int pc) {
    int waiting = 0;
    for (int left = mask; left != 0; ) {
      int members = members(warp, Integer.numberOfTrailingZeros(left));
      int together = 0;
      for (int m = left; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        together |= members(warp, lane) == members ? 1 << lane : 0;
      }
      if ((together & ~members) != 0) {
        throw warp.fault(
            PtxFault.Kind.BARRIER_DIVERGENCE,
            Integer.numberOfTrailingZeros(together & ~members),
            "the thread is not in its own member mask 0x%08x".formatted(members));
      }
      int needed = members & warp.live();
      if ((together & needed) == needed) {
        action.execute(warp, together);
      } else {
        waiting |= together;
      }
      left &= ~together;
    }
    if (waiting == 0) {
      return pc + 1;
    }
    warp.moveTo(group & ~waiting, pc + 1);
    warp.stall(waiting, pc);
    return REGROUP;
  }

  /** The lanes that a lane waits for. */
  int members(Warp warp, int lane) {
    return memberMask == ALL_LANES ? warp.lanes : (int) warp.registers[memberMask + lane];
  }
}
