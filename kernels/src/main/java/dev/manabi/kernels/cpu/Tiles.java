package dev.manabi.kernels.cpu;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.foreign.Arena;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the {@link Tile} kernels. The JIT keeps vectors in registers only if each has a local
 * variable of its own, and reaches A's numbers without arithmetic or checks only if their distances
 * are constants; so a kernel is needed for every number of rows and all distances. Instead of
 * pasted bodies this page emits the bytecode of any of them. In Java, two rows of two vectors would
 * read:
 *
 * <pre>{@code
 * if (depth <= 0) return;
 * FloatVector c00 = load(start), c01 = load(start + LANES * 4), c10 = c00, c11 = c01;
 * int i = aAt;
 * for (int run = 0; run < runs; run++, i += aJump) { // not where there is but one run
 *   int end = i + depth * STEP;
 *   do {
 *     FloatVector b0 = load(b), b1 = load(b + LANES * 4);
 *     FloatVector x = broadcast(a[i]);
 *     c00 = b0.fma(x, c00); c01 = b1.fma(x, c01);
 *     x = broadcast(a[i + ROW_STEP]);
 *     c10 = b0.fma(x, c10); c11 = b1.fma(x, c11);
 *     b = (b + bStep) & MASK;
 *     i += STEP;
 *   } while (i < end);
 * }
 * store(c00, c); store(c01, c + LANES * 4); store(c10, c + rowBytes); ...
 * }</pre>
 *
 * <p>A kernel that adds to C is given C as start, too, and loads its sums from there: from c, C2
 * would keep the address of every row for the end, and have no registers left for the loop. A tile
 * that reaches beyond C goes to memory of its own first: see {@link Target}.
 *
 * <p>Addresses are masked as {@link Native#at} explains. Here that is worth a third of the speed. A
 * core starts two multiplications in a cycle and four instructions of any kind, or two while its
 * other hyperthread works, so all that is no multiplication must be few: with AVX-512 the highest
 * tile has 45 to 48 instructions for 24 of them.
 */
final class Tiles {
  static final int LANES = Simd.F32.length();

  /** Columns of a whole tile: two vectors. */
  static final int COLUMNS = 2 * LANES;

  private static final long VECTOR_BYTES = (long) LANES * Float.BYTES;

  /** Bytes of a whole tile's row. */
  static final long COLUMN_BYTES = (long) COLUMNS * Float.BYTES;

  /** All tiles but the lowest of many rows are two or three times as high as this. */
  private static final int STEP = Simd.F32.vectorBitSize() == 512 ? 4 : 2;

  /**
   * Most rows of a tile. With 24 of 32 registers (12 of 16 without AVX-512) for sums none is
   * spilled, and 24 multiplications outweigh the other instructions of a step.
   */
  static final int ROWS = 3 * STEP;

  private static final ConcurrentHashMap<Long, Tiles> BY_STEPS = new ConcurrentHashMap<>();

  // Local variables: this, then the parameters of Tile.run, then our own.
  private static final int A = 1;
  private static final int A_AT = 2;
  private static final int A_JUMP = 3;
  private static final int B = 4;
  private static final int B_STEP = 6;
  private static final int RUNS = 8;
  private static final int DEPTH = 9;
  private static final int START = 10;
  private static final int C = 12;
  private static final int ROW_BYTES = 14;
  private static final int RUN = 16;
  private static final int END = 17;
  private static final int I = 18;
  private static final int X = 19;
  private static final int B0 = 20;
  private static final int SUMS = 22;

  private final int rowStep;
  private final int step;

  /** By height, width in vectors, whether there are several runs, and whether C is added to. */
  private final @Nullable Tile[] made = new @Nullable Tile[(ROWS + 1) * 2 * 4];

  private Tiles(int rowStep, int step) {
    this.rowStep = rowStep;
    this.step = step;
  }

  /**
   * The kernels for an A whose rows are {@code rowStep} elements apart, its columns {@code step}.
   */
  static Tiles of(int rowStep, int step) {
    long steps = (long) rowStep << Integer.SIZE | step;
    return BY_STEPS.computeIfAbsent(steps, _ -> new Tiles(rowStep, step));
  }

  /** Into how many tiles, one under the other, {@code rows} rows are cut. */
  static int count(int rows) {
    return Math.ceilDiv(rows, ROWS);
  }

  /** The first row of tile {@code i} of {@code rows}. */
  static int top(int rows, int i) {
    boolean lastOfTwoLower = i > 0 && i == count(rows) - 1 && Math.ceilDiv(rows, STEP) % 3 == 1;
    return i * ROWS - (lastOfTwoLower ? STEP : 0);
  }

  /**
   * The height of the tile at the top of {@code rows} rows. Four steps are two tiles of two,
   * because the lowest tile is the slowest per row.
   */
  static int height(int rows) {
    return Math.ceilDiv(rows, STEP) == 4 ? 2 * STEP : Math.min(rows, ROWS);
  }

  /**
   * A kernel.
   *
   * @param height rows of C, as of {@link #height}
   * @param vectors in a row of C, 1 or 2
   * @param several whether it takes more than one run
   * @param onto whether the sums start with what C holds
   */
  Tile get(int height, int vectors, boolean several, boolean onto) {
    int index = (height * 2 + vectors - 1) * 4 + (several ? 2 : 0) + (onto ? 1 : 0);
    Tile tile = made[index];
    return tile == null ? make(index, new Emitter(height, vectors, several, onto)) : tile;
  }

  /** Threads that want the same kernel wait here for the first of them. */
  private synchronized Tile make(int index, Emitter emitter) {
    Tile tile = made[index];
    if (tile == null) {
      tile = emitter.define();
      rehearse(tile);
      made[index] = tile;
    }
    return tile;
  }

  /** Calls a new kernel on a few numbers until the JIT is through with it. */
  private void rehearse(Tile tile) {
    float[] a = new float[ROWS * rowStep + 4 * step];
    try (Arena arena = Arena.ofConfined()) {
      long b = arena.allocate(COLUMN_BYTES, 64).address();
      long c = arena.allocate(ROWS * COLUMN_BYTES, 64).address();
      Rehearsal.of(
          () -> tile.run(a, 0, 0, b, 0, 2, 2, c, c, COLUMN_BYTES),
          () -> tile.run(a, 0, 0, b, 0, 0, 0, c, c, COLUMN_BYTES));
    }
  }

  /** What is done with a sum, given its variable and its distance from the row's address. */
  private interface Place {
    void accept(int sum, long distance);
  }

  /** Writes one kernel. */
  private final class Emitter {
    private final int rows;
    private final int vectors;
    private final boolean several;
    private final boolean onto;

    Emitter(int rows, int vectors, boolean several, boolean onto) {
      this.rows = rows;
      this.vectors = vectors;
      this.several = several;
      this.onto = onto;
    }

    private Tile define() {
      String kind = (several ? "_runs" : "") + (onto ? "_onto" : "");
      String shape = rows + "x" + vectors + "_" + rowStep + "_" + step + kind;
      return VectorCode.define(Tile.class, "Tile" + shape, this::body);
    }

    private void body(CodeBuilder code) {
      var vector = new VectorCode(code);
      vector.returnUnless(DEPTH);
      if (onto) {
        forSums(vector, START, (sum, distance) -> vector.load(sum, START, distance));
      } else {
        startSums(code, vector);
      }
      vector.moveBy(B, B, 0);
      code.iload(A_AT).istore(I);
      if (several) {
        Label top = code.newLabel();
        Label done = code.newLabel();
        code.iconst_0().istore(RUN).labelBinding(top).iload(RUN).iload(RUNS).if_icmpge(done);
        run(code, vector);
        code.iload(I).iload(A_JUMP).iadd().istore(I);
        code.iinc(RUN, 1).goto_(top).labelBinding(done);
      } else {
        run(code, vector);
      }
      forSums(vector, C, (sum, distance) -> vector.store(sum, C, distance));
      code.return_();
    }

    /** All rows begin with the same numbers. */
    private void startSums(CodeBuilder code, VectorCode vector) {
      vector.moveBy(START, START, 0);
      loadRow(vector, START);
      for (int i = 0; i < rows * vectors; i++) {
        code.aload(B0 + i % vectors).astore(SUMS + i);
      }
    }

    /**
     * Does something with every sum and its place.
     *
     * @param row the variable with the address of the first row, and then of the others
     */
    private void forSums(VectorCode vector, int row, Place body) {
      vector.moveBy(row, row, 0);
      for (int i = 0; i < rows; i++) {
        for (int v = 0; v < vectors; v++) {
          body.accept(SUMS + i * vectors + v, v * VECTOR_BYTES);
        }
        vector.move(row, row, ROW_BYTES);
      }
    }

    /** One run. Other forms of the two loops make C2 keep sums in memory: print its code. */
    private void run(CodeBuilder code, VectorCode vector) {
      Label top = code.newLabel();
      code.iload(I).iload(DEPTH).loadConstant(step).imul().iadd().istore(END).labelBinding(top);
      step(vector);
      code.iload(I).loadConstant(step).iadd().istore(I);
      code.iload(I).iload(END).if_icmplt(top);
    }

    /** One k: the vectors of B, and for every row one number of A. */
    private void step(VectorCode vector) {
      loadRow(vector, B);
      for (int row = 0; row < rows; row++) {
        vector.broadcast(X, A, I, row * rowStep);
        for (int v = 0; v < vectors; v++) {
          vector.fma(B0 + v, X, SUMS + row * vectors + v);
        }
      }
      vector.move(B, B, B_STEP);
    }

    /** The vectors at an address, to where those of B are kept. */
    private void loadRow(VectorCode vector, int address) {
      for (int v = 0; v < vectors; v++) {
        vector.load(B0 + v, address, v * VECTOR_BYTES);
      }
    }
  }
}
