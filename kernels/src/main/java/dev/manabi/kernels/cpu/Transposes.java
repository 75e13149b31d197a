package dev.manabi.kernels.cpu;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Transpositions of blocks of elements of 4 or 8 bytes. Squares whose side is a vector are turned
 * over in registers, in log2(side) passes (Eklundh, "A Fast Computer Method for Matrix
 * Transposing", 1972): the pass of {@code half} swaps, in every square of side {@code 2 * half},
 * the upper right quarter with the lower left one. For two lines {@code half} apart, each keeps
 * half of its elements and takes the other half from its partner. For lines of two elements, the
 * code that is emitted would read in Java:
 *
 * <pre>{@code
 * if (count <= 0) return;
 * IntVector upper = load(CHOICES), lower = load(CHOICES + BYTES); // (0, 2) and (1, 3)
 * do {
 *   IntVector line0 = load(from), line1 = load(from + fromStep);
 *   IntVector both = upper.selectFrom(line0, line1);
 *   line1 = lower.selectFrom(line0, line1);
 *   line0 = both;
 *   store(line0, to); store(line1, to + toStep);
 *   from += fromNext; to += toNext;
 * } while (--count > 0);
 * }</pre>
 */
final class Transposes {
  // Local variables: this, then the parameters of SquareTile.transpose, then our own.
  private static final int FROM = 1;
  private static final int FROM_STEP = 3;
  private static final int FROM_NEXT = 5;
  private static final int TO = 7;
  private static final int TO_STEP = 9;
  private static final int TO_NEXT = 11;
  private static final int COUNT = 13;
  private static final int AT = 14;
  private static final int BOTH = 16;
  private static final int CHOICES = 17;

  private final int bytes;

  /** Lines of a square, and elements of a line. */
  private final int side;

  private final int passes;
  private final SquareTile tile;

  // Each is made when it is first wanted, because it takes a while.

  private static final class Ints {
    static final Transposes SQUARES = new Transposes(Integer.BYTES);
  }

  private static final class Longs {
    static final Transposes SQUARES = new Transposes(Long.BYTES);
  }

  private Transposes(int bytes) {
    this.bytes = bytes;
    side = Simd.F32.vectorByteSize() / bytes;
    passes = Integer.numberOfTrailingZeros(side);
    tile = VectorCode.define(SquareTile.class, "Transpose" + side + "x" + bytes, this::body);
    rehearse();
  }

  private void rehearse() {
    try (Arena arena = Arena.ofConfined()) {
      long lines = arena.allocate(2L * Simd.F32.vectorByteSize(), 64).address();
      Rehearsal.of(
          () -> tile.transpose(lines, bytes, 0, lines, 0, 0, 1),
          () -> tile.transpose(lines, bytes, 0, lines, 0, 0, 0));
    }
  }

  /**
   * Element {@code (r, c)} of a block, which is the {@code r}-th of the line at {@code from + c *
   * fromStep}, becomes the {@code c}-th of the line at {@code to + r * toStep}.
   */
  static void block(
      int bytes, long from, long fromStep, long to, long toStep, int rows, int columns) {
    switch (bytes) {
      case 8 -> Longs.SQUARES.block(from, fromStep, to, toStep, rows, columns);
      case 4 -> Ints.SQUARES.block(from, fromStep, to, toStep, rows, columns);
      default -> Moves.of(bytes).transpose(from, fromStep, to, toStep, rows, columns);
    }
  }

  private void block(long from, long fromStep, long to, long toStep, int rows, int columns) {
    int down = rows - rows % side;
    int right = columns - columns % side;
    for (int r = 0; r < down && right > 0; r += side) {
      long x = from + (long) r * bytes;
      long y = to + r * toStep;
      tile.transpose(x, fromStep, side * fromStep, y, toStep, (long) side * bytes, right / side);
    }
    Mover rest = Moves.of(bytes);
    long x = from + (long) down * bytes;
    rest.transpose(x, fromStep, to + down * toStep, toStep, rows - down, right);
    long y = to + (long) right * bytes;
    rest.transpose(from + right * fromStep, fromStep, y, toStep, rows, columns - right);
  }

  private void body(CodeBuilder code) {
    VectorCode vector = VectorCode.ofBits(code, bytes);
    int lines = CHOICES + 2 * passes;
    vector.returnUnless(COUNT);
    code.loadConstant(choices()).lstore(AT);
    vector.moveBy(AT, AT, 0);
    for (int i = 0; i < 2 * passes; i++) {
      vector.load(CHOICES + i, AT, (long) i * side * bytes);
    }
    Label top = code.newLabel();
    code.labelBinding(top);
    vector.moveBy(AT, FROM, 0);
    for (int i = 0; i < side; i++) {
      vector.load(lines + i, AT, 0);
      vector.move(AT, AT, FROM_STEP);
    }
    for (int pass = 0; pass < passes; pass++) {
      pass(code, vector, lines, pass);
    }
    vector.moveBy(AT, TO, 0);
    for (int i = 0; i < side; i++) {
      vector.store(lines + i, AT, 0);
      vector.move(AT, AT, TO_STEP);
    }
    vector.move(FROM, FROM, FROM_NEXT);
    vector.move(TO, TO, TO_NEXT);
    code.iinc(COUNT, -1).iload(COUNT).ifgt(top).return_();
  }

  private void pass(CodeBuilder code, VectorCode vector, int lines, int pass) {
    int half = 1 << pass;
    for (int i = 0; i < side; i++) {
      if ((i & half) == 0) {
        int a = lines + i;
        int b = a + half;
        vector.select(CHOICES + 2 * pass, a, b, BOTH);
        vector.select(CHOICES + 2 * pass + 1, a, b, b);
        code.aload(BOTH).astore(a);
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
