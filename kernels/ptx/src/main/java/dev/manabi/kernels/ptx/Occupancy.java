package dev.manabi.kernels.ptx;

/**
 * How many blocks of a kernel a multiprocessor runs at a time: as many as its warps, its registers
 * and its shared memory are enough for, by the rules of CUDA's occupancy calculator.
 *
 * @param blocks 0 if not even one fits
 * @param warps of all those blocks
 * @param mostWarps for how many warps the multiprocessor has room
 * @param limit what there is too little of for one block more
 */
public record Occupancy(int blocks, int warps, int mostWarps, Limit limit) {
  private static final int WARP = 32;
  private static final int MOST_THREADS = 1024;

  /** Each quarter of a multiprocessor has its own warps and registers. */
  private static final int QUARTERS = 4;

  private static final int REGISTERS_OF_A_QUARTER = 16 << 10;
  private static final int MOST_REGISTERS = 255;

  /** A warp gets registers in units of these. */
  private static final int REGISTER_UNIT = 256;

  /** What a multiprocessor has too little of. */
  public enum Limit {
    WARPS,
    BLOCKS,
    REGISTERS,
    SHARED_MEMORY
  }

  /**
   * A kind of multiprocessor.
   *
   * @param capability the compute capability from which on they are such
   * @param shared bytes of shared memory for all blocks
   * @param reserved bytes of it that each block takes beside its own
   * @param unit a block gets shared memory in units of so many bytes
   */
  private record Kind(int capability, int warps, int blocks, int shared, int reserved, int unit) {}

  /** The CUDA programming guide's table of technical specifications, the newest first. */
  private static final Kind[] KINDS = {
    new Kind(90, 64, 32, 228 << 10, 1 << 10, 128),
    new Kind(89, 48, 24, 100 << 10, 1 << 10, 128),
    new Kind(87, 48, 16, 164 << 10, 1 << 10, 128),
    new Kind(86, 48, 16, 100 << 10, 1 << 10, 128),
    new Kind(80, 64, 32, 164 << 10, 1 << 10, 128),
    new Kind(75, 32, 16, 64 << 10, 0, 256),
  };

  /**
   * The occupancy of a kernel.
   *
   * @param capability compute capability, such as 90; one that is not in the table counts as the
   *     next older one, below 75 as 75
   * @param threads of a block
   * @param registers of a thread; 0 if not known, they then set no limit
   * @param sharedBytes of a block, what the kernel declares and what the launch adds
   */
  public static Occupancy of(int capability, int threads, int registers, long sharedBytes) {
    Kind kind = KINDS[KINDS.length - 1];
    for (int i = KINDS.length - 1; i >= 0 && KINDS[i].capability <= capability; i--) {
      kind = KINDS[i];
    }
    int warps = Math.ceilDiv(Math.max(1, threads), WARP);
    int blocks = threads < 1 || threads > MOST_THREADS ? 0 : kind.warps / warps;
    Limit limit = Limit.WARPS;
    if (kind.blocks < blocks) {
      blocks = kind.blocks;
      limit = Limit.BLOCKS;
    }
    int byRegisters = byRegisters(warps, registers);
    if (byRegisters < blocks) {
      blocks = byRegisters;
      limit = Limit.REGISTERS;
    }
    long taken = Math.ceilDiv(sharedBytes + kind.reserved, (long) kind.unit) * kind.unit;
    if (taken > 0 && kind.shared / taken < blocks) {
      blocks = (int) (kind.shared / taken);
      limit = Limit.SHARED_MEMORY;
    }
    return new Occupancy(blocks, blocks * warps, kind.warps, limit);
  }

  private static int byRegisters(int warps, int registers) {
    if (registers <= 0 || registers > MOST_REGISTERS) {
      return registers <= 0 ? Integer.MAX_VALUE : 0;
    }
    int ofWarp = Math.ceilDiv(registers * WARP, REGISTER_UNIT) * REGISTER_UNIT;
    int onQuarter = REGISTERS_OF_A_QUARTER / ofWarp;
    // A block that is not a multiple of four warps is refused as if it were.
    return Math.ceilDiv(warps, QUARTERS) <= onQuarter ? QUARTERS * onQuarter / warps : 0;
  }
}
