package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.manabi.tensor.op.RandomKey;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Philox4x32-10 generator on vectors: each lane computes one block of four 32-bit words, which
 * {@link dev.manabi.kernels.reference.Philox} computes alone. The bits are the same.
 *
 * <p>Words live in lanes of 64 bits, because a round needs the high half of a 32 x 32-bit product.
 */
final class PhiloxLanes {
  private static final VectorSpecies<Long> SPECIES = VectorSpecies.of(long.class, Simd.SHAPE);

  /** Blocks computed at once. */
  static final int BLOCKS = SPECIES.length();

  private static final long LOW = 0xFFFFFFFFL;
  private static final VectorShuffle<Long> FIRST_HALVES = interleaving(0);
  private static final VectorShuffle<Long> SECOND_HALVES = interleaving(BLOCKS / 2);

  private PhiloxLanes() {}

  /** Picks from two vectors a and b: {@code a[from], b[from], a[from + 1], b[from + 1], ..}. */
  private static VectorShuffle<Long> interleaving(int from) {
    return VectorShuffle.fromOp(
        SPECIES, i -> i % 2 == 0 ? from + i / 2 : from + i / 2 - SPECIES.length());
  }

  /**
   * Writes the words of at least {@code n} elements from element {@code first} on, a block's first.
   */
  static void words(RandomKey key, long first, long address, int n) {
    LongVector lane = LongVector.zero(SPECIES).addIndex(1);
    for (int i = 0; i < n; i += 4 * BLOCKS) {
      block(key, lane.add((first + i) >>> 2), address + (long) i * Integer.BYTES);
    }
  }

  private static void block(RandomKey key, LongVector number, long address) {
    LongVector m0 = multiplier(0xD2511F53L);
    LongVector m1 = multiplier(0xCD9E8D57L);
    LongVector c0 = number;
    LongVector c1 = number.lanewise(LSHR, 32);
    LongVector c2 = LongVector.broadcast(SPECIES, key.stream());
    LongVector c3 = LongVector.broadcast(SPECIES, key.stream() >>> 32);
    int k0 = (int) key.seed();
    int k1 = (int) (key.seed() >>> 32);
    for (int round = 0; round < 10; round++) {
      // The upper halves of the words are rubbish until here.
      LongVector p0 = c0.lanewise(AND, LOW).mul(m0);
      LongVector p1 = c2.lanewise(AND, LOW).mul(m1);
      c0 = p1.lanewise(LSHR, 32).lanewise(XOR, c1).lanewise(XOR, k0);
      c2 = p0.lanewise(LSHR, 32).lanewise(XOR, c3).lanewise(XOR, k1);
      c1 = p1;
      c3 = p0;
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    LongVector front = c0.lanewise(AND, LOW).or(c1.lanewise(LSHL, 32));
    LongVector back = c2.lanewise(AND, LOW).or(c3.lanewise(LSHL, 32));
    store(front.rearrange(FIRST_HALVES, back), address);
    store(front.rearrange(SECOND_HALVES, back), address + SPECIES.vectorByteSize());
  }

  /** Shifted down, so that C2 knows both factors to be short and takes the quick instruction. */
  private static LongVector multiplier(long word) {
    return LongVector.broadcast(SPECIES, word << 32).lanewise(LSHR, 32);
  }

  private static void store(LongVector v, long address) {
    v.intoMemorySegment(Native.ALL, Native.at(address), Native.ORDER);
  }
}
