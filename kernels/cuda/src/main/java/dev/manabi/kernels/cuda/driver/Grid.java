package dev.manabi.kernels.cuda.driver;

/**
 * How many blocks of how many threads a launch has.
 *
 * @param shared bytes of dynamic shared memory for each block
 */
public record Grid(int x, int y, int z, int threadsX, int threadsY, int threadsZ, int shared) {
  /** The most blocks in the second and in the third direction; the first has room for 2^31 - 1. */
  public static final int MOST_YZ = 65_535;

  /** So many blocks in a row, of so many threads in a row. */
  public static Grid of(int blocks, int threads) {
    return new Grid(blocks, 1, 1, threads, 1, 1, 0);
  }

  /** Blocks in two or three directions. */
  public static Grid of(int x, int y, int z, int threads) {
    return new Grid(x, y, z, threads, 1, 1, 0);
  }

  /** The same with dynamic shared memory. */
  public Grid withShared(int bytes) {
    return new Grid(x, y, z, threadsX, threadsY, threadsZ, bytes);
  }

  /** How many threads a block has. */
  public int threads() {
    return threadsX * threadsY * threadsZ;
  }

  @Override
  public String toString() {
    return "grid (%d, %d, %d), block (%d, %d, %d), %d bytes of dynamic shared memory"
        .formatted(x, y, z, threadsX, threadsY, threadsZ, shared);
  }
}
