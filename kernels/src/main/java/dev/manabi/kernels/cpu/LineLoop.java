package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandles;

/** The template of {@link LineKernel}. */
final class LineLoop implements LineKernel {
  private static final long VECTOR_BYTES = (long) Tiles.LANES * Float.BYTES;

  private static final Line LINE = KernelTemplate.function(MethodHandles.lookup(), Line.class);

  @Override
  public void run(
      long from,
      long step,
      long fromJump,
      long to,
      long toStep,
      long toJump,
      int count,
      int vectors) {
    int left = vectors;
    for (int i = 0; i < count; i++) {
      LINE.transform(from, step, to, toStep);
      from += VECTOR_BYTES;
      to += VECTOR_BYTES;
      if (--left == 0) {
        left = vectors;
        from += fromJump;
        to += toJump;
      }
    }
  }
}
