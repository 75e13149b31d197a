package dev.manabi.kernels.cpu;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.foreign.Arena;

/**
 * Transpositions of blocks of elements of 4 or 8 bytes, cut into {@link Squares}. For lines of two
 * elements, the code that is emitted would read in Java:
 *
 * <pre>{@code
 * if (count <= 0) return;
 * do {
 *   IntVector line0 = load(from), line1 = load(from + fromStep);
 *   ... // what Squares emits
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
  private static final int CHOICES = 16;

  private final int bytes;
  private final Squares squares;
  private final int side;
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
    squares = new Squares(bytes);
    side = squares.side;
    tile = VectorCode.define(SquareTile.class, "Transpose" + side + "x" + bytes, this::body);
    rehearse();
  }

  private void rehearse() {
    try (Arena arena = Arena.ofConfined()) {
      long lines = arena.allocate(2L * Simd.F32.vectorByteSize(), 64).address();
      Rehearsal.of(
          () -> tile.transpose(lines, bytes, 0, lines, 0, 0, 2),
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
    VectorCode vector = squares.vectors(code);
    int lines = CHOICES + squares.variables();
    vector.returnUnless(COUNT);
    squares.begin(code, vector, AT, CHOICES);
    Label top = code.newLabel();
    code.labelBinding(top);
    vector.moveBy(AT, FROM, 0);
    for (int i = 0; i < side; i++) {
      vector.load(lines + i, AT, 0);
      vector.move(AT, AT, FROM_STEP);
    }
    squares.turn(code, vector, CHOICES, lines);
    vector.moveBy(AT, TO, 0);
    for (int i = 0; i < side; i++) {
      vector.store(lines + i, AT, 0);
      vector.move(AT, AT, TO_STEP);
    }
    vector.move(FROM, FROM, FROM_NEXT);
    vector.move(TO, TO, TO_NEXT);
    code.iinc(COUNT, -1).iload(COUNT).ifgt(top).return_();
  }
}
