package dev.manabi.kernels.ptx;

/** An instruction that decides where lanes go on, or when. */
@FunctionalInterface
interface ControlInstruction {
  /** Says that the lanes of the group no longer go on together. */
  int REGROUP = -1;

  /**
   * Executes.
   *
   * @param group the lanes that stand here, a bit each
   * @param mask those of them whose guard is true; may be none
   * @param pc where they stand
   * @return where all of the group go on; or {@link #REGROUP}, once each lane's place has been set
   */
  int step(Warp warp, int group, int mask, int pc);
}
