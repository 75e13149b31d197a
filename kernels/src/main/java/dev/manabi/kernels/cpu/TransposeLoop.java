package dev.manabi.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template: transposes a square whose side is a vector, in log2(side) passes (Eklundh, "A Fast
 * Computer Method for Matrix Transposing", 1972). The pass of {@code half} swaps, in every square
 * of side {@code 2 * half}, the upper right quarter with the lower left one: for two lines {@code
 * half} apart, each keeps half of its elements and takes the other half from its partner. Copied
 * per size of element.
 */
@SuppressWarnings({"rawtypes", "unchecked"})
final class TransposeLoop implements SquareTile {
  private static final VectorSpecies SPECIES =
      KernelTemplate.function(MethodHandles.lookup(), VectorSpecies.class);
  private static final int SIDE = SPECIES.length();
  private static final int BYTES = SPECIES.vectorByteSize();

  /** For every pass, which elements of both lines make the upper and which the lower line. */
  private static final MemorySegment CHOICES = choices();

  private static MemorySegment choices() {
    int passes = Integer.numberOfTrailingZeros(SIDE);
    MemorySegment table = Arena.global().allocate(2L * passes * BYTES, Scratch.LINE);
    for (int pass = 0; pass < passes; pass++) {
      int half = 1 << pass;
      for (int lane = 0; lane < SIDE; lane++) {
        boolean left = (lane & half) == 0;
        put(table.address() + 2L * pass * BYTES, lane, left ? lane : SIDE + lane - half);
        put(table.address() + (2L * pass + 1) * BYTES, lane, left ? lane + half : SIDE + lane);
      }
    }
    return table;
  }

  private static void put(long line, int lane, int choice) {
    if (SPECIES.elementSize() == Integer.SIZE) {
      Native.putInt(line + lane * 4L, choice);
    } else {
      Native.putLong(line + lane * 8L, choice);
    }
  }

  @Override
  public int side() {
    return SIDE;
  }

  @Override
  public void transpose(long from, long fromStep, long to, long toStep, long buffer) {
    long choices = CHOICES.address();
    for (int half = 1; half < SIDE; half *= 2) {
      boolean last = half == SIDE / 2;
      pass(
          half == 1 ? from : buffer,
          half == 1 ? fromStep : BYTES,
          last ? to : buffer,
          last ? toStep : BYTES,
          half,
          choices);
      choices += 2L * BYTES;
    }
  }

  private static void pass(long from, long fromStep, long to, long toStep, int half, long choices) {
    Vector upper = load(choices);
    Vector lower = load(choices + BYTES);
    for (int pair = 0; pair < SIDE / 2; pair++) {
      int i = 2 * (pair & -half) + (pair & (half - 1));
      int j = i + half;
      Vector a = load(from + i * fromStep);
      Vector b = load(from + j * fromStep);
      store(upper.selectFrom(a, b), to + i * toStep);
      store(lower.selectFrom(a, b), to + j * toStep);
    }
  }

  private static Vector load(long address) {
    return SPECIES.fromMemorySegment(Native.ALL, Native.at(address), Native.ORDER);
  }

  private static void store(Vector v, long address) {
    v.intoMemorySegment(Native.ALL, Native.at(address), Native.ORDER);
  }
}
