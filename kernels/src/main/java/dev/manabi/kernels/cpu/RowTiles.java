package dev.manabi.kernels.cpu;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.foreign.Arena;

/**
 * Writes the {@link RowTile} kernel. It turns over {@link Squares} whose first lines are the rows
 * of a tile; the other lines may be anything, because the next depths are written over them. Where
 * a tile has more rows than a vector has lanes, there are several squares. With one, it would read
 * in Java:
 *
 * <pre>{@code
 * if (count <= 0) return;
 * do {
 *   long address = from;
 *   IntVector line0 = load(address);
 *   if (rows > 1) address += fromStep;
 *   IntVector line1 = load(address); ..., line12 = line11, ...;
 *   ... // what Squares emits
 *   line0.reinterpretAsFloats().intoArray(dst, at);
 *   line1.reinterpretAsFloats().intoArray(dst, at + ROWS); ...
 *   from += LANES * 4; at += LANES * ROWS;
 * } while (--count > 0);
 * }</pre>
 */
final class RowTiles {
  // Local variables: this, then the parameters of RowTile.pack, then our own.
  private static final int FROM = 1;
  private static final int FROM_STEP = 3;
  private static final int COUNT_OF_ROWS = 5;
  private static final int DST = 6;
  private static final int AT = 7;
  private static final int COUNT = 8;
  private static final int ADDRESS = 9;
  private static final int CHOICES = 11;

  private static final int LANES = Tiles.LANES;
  private static final int ROWS = Tiles.ROWS;
  private static final Squares SQUARES = new Squares(Float.BYTES);
  private static final int LINES = CHOICES + SQUARES.variables();
  private static final int PIECES = Math.ceilDiv(ROWS, LANES);

  private static final RowTile TILE = define();

  private RowTiles() {}

  /** As {@link RowTile#pack}, for any {@code depth} that is not less than a vector. */
  static void pack(long from, long fromStep, int rows, float[] dst, int at, int depth) {
    TILE.pack(from, fromStep, rows, dst, at, depth / LANES);
    if (depth % LANES != 0) {
      int last = depth - LANES;
      TILE.pack(from + (long) last * Float.BYTES, fromStep, rows, dst, at + last * ROWS, 1);
    }
  }

  private static RowTile define() {
    RowTile tile = VectorCode.define(RowTile.class, "RowTile" + ROWS, RowTiles::body);
    float[] dst = new float[LANES * (2 * ROWS + 1)];
    try (Arena arena = Arena.ofConfined()) {
      long row = arena.allocate(2L * LANES * Float.BYTES, 64).address();
      Rehearsal.of(
          () -> {
            tile.pack(row, 0, ROWS, dst, 0, 2);
            tile.pack(row, 0, 1, dst, 0, 2);
          },
          () -> tile.pack(row, 0, ROWS, dst, 0, 0));
    }
    return tile;
  }

  private static void body(CodeBuilder code) {
    VectorCode vector = SQUARES.vectors(code);
    vector.returnUnless(COUNT);
    SQUARES.begin(code, vector, ADDRESS, CHOICES);
    Label top = code.newLabel();
    code.labelBinding(top);
    vector.moveBy(ADDRESS, FROM, 0);
    for (int line = 0; line < PIECES * LANES; line++) {
      load(code, vector, line);
    }
    for (int piece = 0; piece < PIECES; piece++) {
      SQUARES.turn(code, vector, CHOICES, LINES + piece * LANES);
    }
    for (int i = 0; i < LANES; i++) {
      for (int piece = 0; piece < PIECES; piece++) {
        vector.storeFloats(LINES + piece * LANES + i, DST, AT, i * ROWS + piece * LANES);
      }
    }
    vector.moveBy(FROM, FROM, (long) LANES * Float.BYTES);
    code.iload(AT).loadConstant(LANES * ROWS).iadd().istore(AT);
    code.iinc(COUNT, -1).iload(COUNT).ifgt(top).return_();
  }

  private static void load(CodeBuilder code, VectorCode vector, int line) {
    if (line >= ROWS) {
      code.aload(LINES + ROWS - 1).astore(LINES + line);
      return;
    }
    vector.load(LINES + line, ADDRESS, 0);
    Label last = code.newLabel();
    code.iload(COUNT_OF_ROWS).loadConstant(line + 1).if_icmple(last);
    vector.move(ADDRESS, ADDRESS, FROM_STEP);
    code.labelBinding(last);
  }
}
