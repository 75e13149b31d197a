package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandles;

/** Template: moves elements one by one; copied per size of element. */
final class MoveLoop implements Mover {
  /** Moves one element. */
  interface Move {
    void apply(long from, long to);
  }

  /** How an element is moved, and its size in bytes. */
  record Element(int bytes, Move move) {}

  private static final Element ELEMENT =
      KernelTemplate.function(MethodHandles.lookup(), Element.class);
  private static final Move MOVE = ELEMENT.move();
  private static final int BYTES = ELEMENT.bytes();

  @Override
  public void row(long from, long fromStep, long to, long toStep, long n) {
    for (long i = 0; i < n; i++) {
      MOVE.apply(from + i * fromStep, to + i * toStep);
    }
  }

  @Override
  public void transpose(long from, long fromStep, long to, long toStep, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      long source = from + (long) r * BYTES;
      long target = to + r * toStep;
      for (int c = 0; c < columns; c++) {
        MOVE.apply(source + c * fromStep, target + (long) c * BYTES);
      }
    }
  }
}
