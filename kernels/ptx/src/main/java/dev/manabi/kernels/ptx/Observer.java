package dev.manabi.kernels.ptx;

/** Looks on while warps execute. */
@FunctionalInterface
interface Observer {
  /** Called after an instruction; {@code mask} are the lanes that executed it. */
  void after(Warp warp, int place, int mask);
}
