package dev.manabi.kernels.cpu;

import java.lang.classfile.CodeBuilder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Code that turns over squares whose side is a vector: each line is a vector in a local variable.
 * It takes log2(side) passes (Eklundh, "A Fast Computer Method for Matrix Transposing", 1972): the
 * pass of {@code half} swaps, in every square of side {@code 2 * half}, the upper right quarter
 * with the lower left one. For two lines {@code half} apart, each keeps half of its elements and
 * takes the other half from its partner. For lines of two elements it would read in Java:
 *
 * <pre>{@code
 * IntVector upper = load(CHOICES), lower = load(CHOICES + BYTES); // (0, 2) and (1, 3)
 * ...
 * IntVector both = upper.selectFrom(line0, line1);
 * line1 = lower.selectFrom(line0, line1);
 * line0 = both;
 * }</pre>
 */
final class Squares {
  /** Lines of a square, and elements of a line. */
  final int side;

  private final int bytes;
  private final int passes;

  /** Of elements of 4 or 8 bytes. */
  Squares(int bytes) {
    this.bytes = bytes;
    side = Simd.F32.vectorByteSize() / bytes;
    passes = Integer.numberOfTrailingZeros(side);
  }

  /** The words for its vectors. */
  VectorCode vectors(CodeBuilder code) {
    return VectorCode.ofBits(code, bytes);
  }

  /** How many local variables {@link #turn} wants besides the lines. */
  int variables() {
    return 2 * passes + 1;
  }

  /**
   * Fills variables, from {@code first} on, that {@link #turn} reads.
   *
   * @param at a variable of type long, which is overwritten
   */
  void begin(CodeBuilder code, VectorCode vector, int at, int first) {
    code.loadConstant(choices()).lstore(at);
    vector.moveBy(at, at, 0);
    for (int i = 0; i < 2 * passes; i++) {
      vector.load(first + i, at, (long) i * side * bytes);
    }
  }

  /** Turns over the square whose lines are the variables from {@code lines} on. */
  void turn(CodeBuilder code, VectorCode vector, int first, int lines) {
    int both = first + 2 * passes;
    for (int pass = 0; pass < passes; pass++) {
      int half = 1 << pass;
      for (int i = 0; i < side; i++) {
        if ((i & half) == 0) {
          int a = lines + i;
          int b = a + half;
          vector.select(first + 2 * pass, a, b, both);
          vector.select(first + 2 * pass + 1, a, b, b);
          code.aload(both).astore(a);
        }
      }
    }
  }

  /** For every pass, which elements of both lines make the upper and which the lower line. */
  private long choices() {
    MemorySegment table = Arena.global().allocate(2L * passes * side * bytes, 64);
    for (int pass = 0; pass < passes; pass++) {
      int half = 1 << pass;
      for (int lane = 0; lane < side; lane++) {
        boolean left = (lane & half) == 0;
        put(table, 2 * pass, lane, left ? lane : side + lane - half);
        put(table, 2 * pass + 1, lane, left ? lane + half : side + lane);
      }
    }
    return table.address();
  }

  private void put(MemorySegment table, int line, int lane, int choice) {
    long at = table.address() + ((long) line * side + lane) * bytes;
    if (bytes == Integer.BYTES) {
      Native.putInt(at, choice);
    } else {
      Native.putLong(at, choice);
    }
  }
}
