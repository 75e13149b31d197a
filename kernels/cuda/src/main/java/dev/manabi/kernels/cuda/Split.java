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

  /** That a part costs the time of so many steps beside its own is an estimate. */
  private static final int STEPS_OF_A_PART = 128;

  /** With more turns the last one, which may be half empty, hardly matters. */
  private static final int MOST_TURNS = 4;

  /** Parts are whole tiles of every kind of product. */
  private static final int GRAIN = 32;

  /**
   * A sum of {@code steps} steps by {@code blocks} blocks, cut as it is done first.
   *
   * @param atOnce how many blocks the device runs at a time; others wait for their turn
   */
  static Split of(int steps, long blocks, long atOnce) {
    Split best = whole(steps);
    for (int turns = 1; turns <= MOST_TURNS; turns++) {
      Split full = cut(steps, (int) Math.min(turns * atOnce / blocks, most(steps)));
      if (full.time(blocks, atOnce) < best.time(blocks, atOnce)) {
        best = full;
      }
    }
    return best;
  }

  /** All of the sum in one part. */
  static Split whole(int steps) {
    return new Split(1, Math.max(1, steps));
  }

  /** Whether so many blocks leave less than half of the multiprocessors idle. */
  static boolean enough(long blocks, int multiprocessors) {
    return 2 * blocks > multiprocessors;
  }

  /** The most parts that {@code steps} steps are cut into. */
  static int most(int steps) {
    return Math.max(1, steps / MIN_STEPS);
  }

  private static Split cut(int steps, int parts) {
    if (parts <= 1) {
      return whole(steps);
    }
    int each = Math.ceilDiv(Math.ceilDiv(steps, parts), GRAIN) * GRAIN;
    return new Split(Math.ceilDiv(steps, each), each);
  }

  /** Of all blocks in their turns, in steps. */
  private long time(long blocks, long atOnce) {
    return Math.ceilDiv(blocks * parts, Math.max(1, atOnce)) * ((long) steps + STEPS_OF_A_PART);
  }
}
