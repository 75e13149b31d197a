package dev.manabi.kernels.ptx;

/** What an instruction does with the lanes that execute it; all of them go on behind it. */
@FunctionalInterface
interface LaneInstruction {
  /**
   * Executes.
   *
   * @param mask the lanes, a bit each; at least one
   */
  void execute(Warp warp, int mask);
}
