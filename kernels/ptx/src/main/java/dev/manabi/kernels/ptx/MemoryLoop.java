package dev.manabi.kernels.ptx;

/** A loop over lanes that moves numbers between registers and memory. */
interface MemoryLoop {
  /**
   * What determines a loop.
   *
   * @param type of each number
   * @param count how many each lane moves
   */
  record Access(AddressSpace memory, Type type, int count) {}

  /** Moves registers {@code data} of each lane from or to the address {@code base + offset}. */
  void run(Warp warp, int mask, int[] data, int base, long offset);
}
