package dev.manabi.kernels.reference;

import dev.manabi.tensor.op.RandomKey;

/**
 * The counter-based generator Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1,
 * 2, 3", SC 2011), and the numbers that tensors draw from it.
 *
 * <p>A block of four 32-bit words is a function of the key and a counter, without any state that
 * runs on: so number {@code i} can be had on any thread in any order. Here the key is the seed, and
 * the counter is (block number, stream). An instance only remembers the block it computed last; it
 * is cheap, and belongs to one thread.
 *
 * <p>Logarithm and cosine come from {@link StrictMath}, so that a seed gives the same weights on
 * every machine.
 */
public final class Philox {
  private static final double TWO_POW_MINUS_24 = 0x1p-24;
  private static final double TWO_POW_MINUS_53 = 0x1p-53;

  private final RandomKey key;
  private long cached;
  private int w0;
  private int w1;
  private int w2;
  private int w3;

  public Philox(RandomKey key) {
    this.key = key;
    rounds(cached);
  }

  /** Word {@code i % 4} of block {@code i / 4}. */
  public int word(long i) {
    load(i >>> 2);
    return switch ((int) i & 3) {
      case 0 -> w0;
      case 1 -> w1;
      case 2 -> w2;
      default -> w3;
    };
  }

  /** The four words of a block. */
  public int[] block(long block) {
    load(block);
    return new int[] {w0, w1, w2, w3};
  }

  /** Uniform on [0, 1) in steps of 2^-24: element {@code i} of an f32 (or shorter) tensor. */
  public double uniform(long i) {
    return (word(i) >>> 8) * TWO_POW_MINUS_24;
  }

  /** Uniform on [0, 1) in steps of 2^-53: element {@code i} of an f64 tensor. */
  public double uniform53(long i) {
    return bits53(i) * TWO_POW_MINUS_53;
  }

  /** Uniform among the longs from {@code low} to {@code high - 1}. */
  public long integer(long i, long low, long high) {
    long bits = ((long) word(2 * i) << 32) | (word(2 * i + 1) & 0xFFFFFFFFL);
    return low + Math.unsignedMultiplyHigh(bits, high - low);
  }

  /**
   * Standard normal, element {@code i} of an f32 (or shorter) tensor, by the transform of Box and
   * Muller (1958): elements {@code 2j} and {@code 2j + 1} are the coordinates of one random point.
   */
  public double normal(long i) {
    long even = i & ~1L;
    return normal(word(even), word(even + 1), (i & 1) == 1);
  }

  /** One of the two coordinates of the random point that two words make. */
  public static double normal(int first, int second, boolean odd) {
    double u1 = ((first >>> 8) + 1) * TWO_POW_MINUS_24;
    double u2 = (second >>> 8) * TWO_POW_MINUS_24;
    return boxMuller(u1, u2, odd);
  }

  /** Standard normal, element {@code i} of an f64 tensor. */
  public double normal53(long i) {
    long even = i & ~1L;
    double u1 = (bits53(even) + 1) * TWO_POW_MINUS_53;
    double u2 = bits53(even + 1) * TWO_POW_MINUS_53;
    return boxMuller(u1, u2, (i & 1) == 1);
  }

  private static double boxMuller(double u1, double u2, boolean odd) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(u1));
    double angle = 2 * Math.PI * u2;
    return radius * (odd ? StrictMath.sin(angle) : StrictMath.cos(angle));
  }

  /** 53 random bits from the words {@code 2 * i} and {@code 2 * i + 1}. */
  private long bits53(long i) {
    return ((long) (word(2 * i) >>> 5) << 26) + (word(2 * i + 1) >>> 6);
  }

  private void load(long block) {
    if (block != cached) {
      cached = block;
      rounds(block);
    }
  }

  /** Ten rounds: each multiplies two words by constants, swaps halves, and mixes in the key. */
  private void rounds(long block) {
    int c0 = (int) block;
    int c1 = (int) (block >>> 32);
    int c2 = (int) key.stream();
    int c3 = (int) (key.stream() >>> 32);
    int k0 = (int) key.seed();
    int k1 = (int) (key.seed() >>> 32);
    for (int round = 0; round < 10; round++) {
      long p0 = (c0 & 0xFFFFFFFFL) * 0xD2511F53L;
      long p1 = (c2 & 0xFFFFFFFFL) * 0xCD9E8D57L;
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c1 = (int) p1;
      c3 = (int) p0;
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    w0 = c0;
    w1 = c1;
    w2 = c2;
    w3 = c3;
  }
}
