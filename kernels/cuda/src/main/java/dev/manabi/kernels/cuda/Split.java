package dev.manabi.kernels.cuda;

/**
 * A sum cut into parts that different blocks compute; a last kernel adds them up in order, so that
 * every run gives the same bits.
 *
 * @param parts how many
 * @param steps of the sum that a part has; the last may have fewer
 */
record Split(int parts, int steps) {
  /** A part is worth writing down and reading again from so many steps on. */
  private static final int MIN_STEPS = 512;

  /** So many blocks on each multiprocessor keep it busy while some of them wait for memory. */
  private static final int BLOCKS_PER_MULTIPROCESSOR = 4;

  /** Parts are whole tiles of every kind of product. */
  private static final int GRAIN = 32;

  /** Of a sum of {@code steps} steps by {@code blocks} blocks: as many as keep a device busy. */
  static Split of(int steps, long blocks, int multiprocessors) {
    long wanted = Math.ceilDiv((long) BLOCKS_PER_MULTIPROCESSOR * multiprocessors, blocks);
    int most = (int) Math.max(1, Math.min(wanted, steps / MIN_STEPS));
    int each = Math.ceilDiv(Math.max(1, Math.ceilDiv(steps, most)), GRAIN) * GRAIN;
    return new Split(Math.max(1, Math.ceilDiv(steps, each)), each);
  }

  /** The same, but of one part unless the blocks would leave half of the device or more idle. */
  static Split ifIdle(int steps, long blocks, int multiprocessors) {
    return 2 * blocks <= multiprocessors
        ? of(steps, blocks, multiprocessors)
        : new Split(1, Math.max(1, steps));
  }
}
