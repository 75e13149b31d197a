package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.manabi.kernels.reference.Philox;
import dev.manabi.tensor.op.RandomKey;
import java.lang.foreign.Arena;
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

  /**
   * Words that are computed alone before vectors take over: these are slow until the JIT is through
   * with them, and few programs that draw less live to see that.
   */
  private static final int FEW = 1 << 20;

  private static final long LOW = 0xFFFFFFFFL;
  private static final VectorShuffle<Long> FIRST_HALVES = interleaving(0);
  private static final VectorShuffle<Long> SECOND_HALVES = interleaving(BLOCKS / 2);

  /** About the words computed alone; what threads lose of each other's counts is no matter. */
  private static int alone;

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
    if (!pay(n)) {
      oneByOne(new Philox(key), first, address, n);
      return;
    }
    if (Rehearsal.isDue(PhiloxLanes.class)) {
      rehearse(key);
    }
    LongVector lane = LongVector.zero(SPECIES).addIndex(1);
    for (int i = 0; i < n; i += 4 * BLOCKS) {
      block(key, lane.add((first + i) >>> 2), address + (long) i * Integer.BYTES);
    }
  }

  /** Whether vectors should compute {@code n} more words. */
  static boolean pay(long n) {
    if (alone < FEW && n < FEW) {
      alone += (int) n;
      return false;
    }
    return true;
  }

  private static void oneByOne(Philox philox, long first, long address, int n) {
    for (int i = 0; i < n; i++) {
      Native.putInt(address + (long) i * Integer.BYTES, philox.word(first + i));
    }
  }

  private static void rehearse(RandomKey key) {
    try (Arena arena = Arena.ofConfined()) {
      long room = arena.allocate(4L * BLOCKS * Integer.BYTES, 64).address();
      LongVector zero = LongVector.zero(SPECIES);
      Rehearsal.of(PhiloxLanes.class, () -> block(key, zero, room));
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
