package dev.manabi.kernels.cpu;

import dev.manabi.tensor.op.RandomKey;

/** The vector loop of one {@link Use} of random words. */
interface PhiloxKernel {
  /** What becomes of the words. */
  enum Use {
    /** They are written. */
    WORDS,
    /** They decide which elements are dropped. */
    DROPOUT
  }

  /**
   * Uses the words of {@code n} elements from element {@code first} on, a block's first.
   *
   * @param x address of the elements for {@link Use#DROPOUT}, else anything
   * @param y address of the result
   * @param n a multiple of {@link PhiloxLanes#WORDS}
   * @param threshold of {@link DropoutLoop} for {@link Use#DROPOUT}, and likewise {@code scale}
   */
  void run(RandomKey key, long first, long x, long y, int n, int threshold, float scale);
}
