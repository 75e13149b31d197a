package dev.manabi.kernels.ptx;

import java.util.Arrays;

/**
 * The threads that share memory and barriers. Warps run one after the other, barrier to barrier.
 */
final class Block {
  final Launch launch;
  final Counters counters;
  final SharedMemory shared;

  /** How many threads have come to each barrier without waiting at it. */
  final int[] arrivals = new int[Barriers.COUNT];

  /** How many threads each barrier waits for; 0 for all. */
  final int[] expected = new int[Barriers.COUNT];

  private final Warp[] warps;
  private Dim3 position = Dim3.ZERO;

  Block(Launch launch) {
    this.launch = launch;
    counters = new Counters(launch.program());
    shared =
        new SharedMemory(launch.sharedBytes(), launch.program().sharedGranule(), launch.options());
    warps = new Warp[(int) ((launch.blockDim().count() + Warp.LANES - 1) / Warp.LANES)];
    for (int i = 0; i < warps.length; i++) {
      warps[i] = new Warp(this, i);
    }
  }

  /** Runs one block of the grid from beginning to end. */
  void run(long number) {
    position = launch.gridDim().place(number);
    shared.begin();
    Arrays.fill(arrivals, 0);
    for (Warp warp : warps) {
      warp.begin();
    }
    while (true) {
      boolean alive = false;
      boolean runnable = false;
      for (Warp warp : warps) {
        warp.run();
        alive |= warp.live() != 0;
        runnable |= warp.isRunnable();
      }
      if (!alive) {
        return;
      }
      if (!runnable) {
        Barriers.release(this);
      }
    }
  }

  Dim3 position() {
    return position;
  }

  Warp[] warps() {
    return warps;
  }
}
