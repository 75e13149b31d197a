package dev.manabi.data;

import java.util.random.RandomGenerator;

/**
 * The random numbers of one example in one epoch.
 *
 * <p>They are a function of (seed, epoch, index) and of nothing else, so that an augmented image is
 * the same whichever worker makes it, and in whichever order. The generator is SplitMix64 (Steele,
 * Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): number k is a hash of
 * {@code start + k * GAMMA}. Not safe for use by several threads.
 */
public final class ExampleRandom implements RandomGenerator {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;
  private long state;

  /** The numbers of example {@code index} in {@code epoch} under {@code seed}. */
  public ExampleRandom(long seed, int epoch, int index) {
    state = mix(mix(seed + GAMMA) ^ (((long) epoch << 32) | (index & 0xffff_ffffL)));
  }

  @Override
  public long nextLong() {
    state += GAMMA;
    return mix(state);
  }

  /** The finalizer of MurmurHash3 in Stafford's variant 13: a bijection that spreads every bit. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
