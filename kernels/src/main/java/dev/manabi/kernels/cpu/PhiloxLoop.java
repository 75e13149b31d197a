package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.manabi.tensor.op.RandomKey;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The template of {@link PhiloxKernel}: each lane computes one block of four 32-bit words, which
 * {@link dev.manabi.kernels.reference.Philox} computes alone. The bits are the same.
 *
 * <p>Words live in pairs in lanes of 64 bits, the first of a pair in the high half: as a round
 * makes the first from the high half of a 32 x 32-bit product and the second from the low one, a
 * product is a pair in place.
 */
final class PhiloxLoop implements PhiloxKernel {
  private static final Use USE = KernelTemplate.function(MethodHandles.lookup(), Use.class);

  private static final VectorSpecies<Long> PAIRS = Simd.I64;
  private static final VectorSpecies<Integer> WORDS = Simd.I32;
  private static final int BLOCKS = PAIRS.length();
  private static final IntVector FIRST_HALF = inOrder(0);
  private static final IntVector SECOND_HALF = inOrder(BLOCKS / 2);

  /** Where the words of blocks {@code from ..} are in a vector of first pairs and one of second. */
  private static IntVector inOrder(int from) {
    int[] at = new int[WORDS.length()];
    for (int i = 0; i < at.length; i++) {
      int word = 2 * (from + i / 4) + 1 - i % 2;
      at[i] = i % 4 < 2 ? word : WORDS.length() + word;
    }
    return IntVector.fromArray(WORDS, at, 0);
  }

  @Override
  public void run(RandomKey key, long first, long x, long y, int n, int threshold, float scale) {
    LongVector m0 = multiplier(0xD2511F53L);
    LongVector m1 = multiplier(0xCD9E8D57L);
    LongVector block = LongVector.zero(PAIRS).addIndex(1);
    for (int i = 0; i < n; i += PhiloxLanes.WORDS) {
      LongVector number = block.add((first + i) >>> 2);
      LongVector a = number.lanewise(LSHL, 32).or(number.lanewise(LSHR, 32));
      LongVector b = LongVector.broadcast(PAIRS, Long.rotateLeft(key.stream(), 32));
      long k0 = key.seed() << 32;
      long k1 = key.seed() & (-1L << 32);
      // C2 unrolls this and keeps the keys of all rounds in vectors.
      for (int round = 0; round < 10; round++) {
        LongVector p0 = a.lanewise(LSHR, 32).mul(m0);
        LongVector p1 = b.lanewise(LSHR, 32).mul(m1);
        a = p1.lanewise(XOR, a.lanewise(LSHL, 32)).lanewise(XOR, k0);
        b = p0.lanewise(XOR, b.lanewise(LSHL, 32)).lanewise(XOR, k1);
        k0 += 0x9E3779B9L << 32;
        k1 += 0xBB67AE85L << 32;
      }
      IntVector front = a.reinterpretAsInts();
      IntVector back = b.reinterpretAsInts();
      IntVector words = FIRST_HALF.selectFrom(front, back);
      IntVector more = SECOND_HALF.selectFrom(front, back);
      long at = y + 4L * i;
      long next = at + Simd.BYTES;
      if (USE == Use.WORDS) {
        words.intoMemorySegment(Native.ALL, Native.at(at), Native.ORDER);
        more.intoMemorySegment(Native.ALL, Native.at(next), Native.ORDER);
      } else {
        long from = x + 4L * i;
        FloatVector v = Simd.load(from);
        Simd.store(DropoutLoop.drop(v, words, threshold, scale), at);
        v = Simd.load(from + Simd.BYTES);
        Simd.store(DropoutLoop.drop(v, more, threshold, scale), next);
      }
    }
  }

  /** Shifted down, so that C2 knows both factors to be short and takes the quick instruction. */
  private static LongVector multiplier(long word) {
    return LongVector.broadcast(PAIRS, word << 32).lanewise(LSHR, 32);
  }
}
