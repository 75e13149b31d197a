package dev.manabi.kernels.cpu;

import java.lang.foreign.Arena;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What the machine can do at most, measured: the two lines under which the speed of every kernel
 * lies (Williams, Waterman and Patterson, "Roofline", 2009). Both are for as many threads as {@link
 * Parallel} has.
 */
public final class Roofline {
  /**
   * More than two multiply-adds of four cycles each keep busy, and fewer than there are registers.
   */
  private static final int CHAINS = 12;

  private static final int ROUNDS = 12;
  private static final long FMA_STEPS = 4_000_000;

  /** Larger than any cache. */
  private static final long COPY_BYTES = 256L << 20;

  /** Each thread copies blocks of its own. */
  private static final long COPY_GRAIN = 1L << 20;

  /** Keeps the JIT from leaving the work out. */
  private static volatile float sink;

  private Roofline() {}

  /** Additions and multiplications of f32 in fused multiply-adds between registers, per second. */
  public static double fmaPeak() {
    int threads = Parallel.threads();
    double seconds =
        fastest(
            () ->
                Parallel.forRange(
                    threads, 1, (from, to) -> sink = multiplyAdds(FMA_STEPS, 1e-4f, 0.1f)));
    return 2.0 * CHAINS * Simd.F32.length() * FMA_STEPS * threads / seconds;
  }

  /** Bytes read and bytes written per second, together, by a copy too large for the caches. */
  public static double copyBandwidth() {
    try (Arena arena = Arena.ofShared()) {
      long from = arena.allocate(COPY_BYTES, 64).address();
      long to = arena.allocate(COPY_BYTES, 64).address();
      double seconds =
          fastest(
              () ->
                  Parallel.forRange(
                      COPY_BYTES,
                      COPY_GRAIN,
                      (start, end) -> copyBlock(from + start, to + start, end - start)));
      return 2.0 * COPY_BYTES / seconds;
    }
  }

  private static double fastest(Runnable work) {
    double fastest = Double.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      work.run();
      fastest = Math.min(fastest, 1e-9 * (System.nanoTime() - start));
    }
    return fastest;
  }

  private static float multiplyAdds(long steps, float x, float y) {
    FloatVector b = Simd.broadcast(x);
    FloatVector c = Simd.broadcast(y);
    FloatVector a0 = b;
    FloatVector a1 = b;
    FloatVector a2 = b;
    FloatVector a3 = b;
    FloatVector a4 = b;
    FloatVector a5 = b;
    FloatVector a6 = b;
    FloatVector a7 = b;
    FloatVector a8 = b;
    FloatVector a9 = b;
    FloatVector a10 = b;
    FloatVector a11 = b;
    for (long i = 0; i < steps; i++) {
      a0 = b.fma(c, a0);
      a1 = b.fma(c, a1);
      a2 = b.fma(c, a2);
      a3 = b.fma(c, a3);
      a4 = b.fma(c, a4);
      a5 = b.fma(c, a5);
      a6 = b.fma(c, a6);
      a7 = b.fma(c, a7);
      a8 = b.fma(c, a8);
      a9 = b.fma(c, a9);
      a10 = b.fma(c, a10);
      a11 = b.fma(c, a11);
    }
    FloatVector low = a0.add(a1).add(a2).add(a3).add(a4).add(a5);
    FloatVector high = a6.add(a7).add(a8).add(a9).add(a10).add(a11);
    return low.add(high).reduceLanes(VectorOperators.ADD);
  }

  private static void copyBlock(long from, long to, long bytes) {
    int step = Simd.F32.vectorByteSize();
    for (long i = 0; i < bytes; i += step) {
      Simd.store(Simd.load(from + i), to + i);
    }
  }
}
