package dev.manabi.kernels.lessons.gemm;

import dev.manabi.kernels.cpu.Parallel;

/**
 * The same on all processors: threads share out the panels that are to be packed, then the rows of
 * C.
 *
 * <p>Faster, because each processor has its own registers and inner caches; the packed block of B
 * is all they share. No two threads write the same element, and each element is summed by one
 * thread in the same order, so the result has the same bits for any number of them.
 */
final class Step06Threads implements Gemm {
  /** Strips of A that a thread takes at a time: enough to be worth asking for. */
  private static final int GRAIN = 8;

  @Override
  public void multiply(Matrix a, Matrix b, Matrix c) {
    c.clear();
    PackedBlock.forEach(
        b,
        block -> {
          Parallel.forRange(block.panels(), 1, block::pack);
          Parallel.forRange(
              PackedBlock.strips(a), GRAIN, (from, to) -> block.multiply(a, from, to, c));
        });
  }
}
