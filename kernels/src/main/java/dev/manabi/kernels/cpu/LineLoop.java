package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandles;

/** The loop of every {@link LineTransform}. */
final class LineLoop implements LineTransform {
  private static final WinogradLines.Line LINE =
      KernelTemplate.function(MethodHandles.lookup(), WinogradLines.Line.class);

  @Override
  public void run(
      long from, long step, long next, long to, long toStep, long toNext, int lines, int vectors) {
    for (int i = 0; i < lines; i++) {
      for (int v = 0; v < vectors; v++) {
        long offset = (long) v * Tiles.LANES * Float.BYTES;
        LINE.transform(from + i * next + offset, step, to + i * toNext + offset, toStep);
      }
    }
  }
}
