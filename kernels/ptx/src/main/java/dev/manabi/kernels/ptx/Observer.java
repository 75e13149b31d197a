package dev.manabi.kernels.ptx;

/** Looks on while a warp executes. */
interface Observer {
  /** Called before an instruction; {@code mask} are the lanes that will execute it. */
  void before(Warp warp, int place, int mask);
}
