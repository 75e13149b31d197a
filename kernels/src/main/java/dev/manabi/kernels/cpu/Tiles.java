package dev.manabi.kernels.cpu;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentHashMap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Writes the {@link Tile} kernels. The JIT keeps vectors in registers only if each has a local
 * variable of its own, and reaches A's numbers without arithmetic or checks only if their distances
 * are constants; so a kernel is needed for every number of rows and all distances. Instead of
 * pasted bodies this page emits the bytecode of any of them. In Java, two rows of two vectors would
 * read:
 *
 * <pre>{@code
 * FloatVector c00 = load(start), c01 = load(start + LANES * 4), c10 = c00, c11 = c01;
 * int i = aAt;
 * while (i < aAt + depth * STEP) {
 *   FloatVector b0 = load(b), b1 = load(b + LANES * 4);
 *   FloatVector x = broadcast(a[i]);
 *   c00 = b0.fma(x, c00); c01 = b1.fma(x, c01);
 *   x = broadcast(a[i + ROW_STEP]);
 *   c10 = b0.fma(x, c10); c11 = b1.fma(x, c11);
 *   b = (b + bStep) & MASK;
 *   i += STEP;
 * }
 * store(c00, c); store(c01, c + LANES * 4); store(c10, c + rowBytes); ...
 * }</pre>
 *
 * <p>Where there are several runs, {@code k} is counted by itself, and {@code i} jumps at their
 * ends.
 *
 * <p>Addresses are masked as {@link Native#at} explains. Here that is worth a third of the speed. A
 * core starts two multiplications in a cycle and four instructions of any kind, or two while its
 * other hyperthread works, so all that is no multiplication must be few: with AVX-512 the highest
 * tile has 45 instructions for 24 of them.
 */
final class Tiles {
  static final int LANES = Simd.F32.length();

  /** Columns of a whole tile: two vectors. */
  static final int COLUMNS = 2 * LANES;

  /** Bytes of a whole tile's row. */
  static final long COLUMN_BYTES = (long) COLUMNS * Float.BYTES;

  /** Heights of tiles are multiples of this: one, two or three times as many rows. */
  private static final int STEP = Simd.F32.vectorBitSize() == 512 ? 4 : 2;

  /**
   * Most rows of a tile. With 24 of 32 registers (12 of 16 without AVX-512) for sums none is
   * spilled, and 24 multiplications outweigh the other instructions of a step.
   */
  static final int ROWS = 3 * STEP;

  private static final ConcurrentHashMap<Long, Tiles> BY_STEPS = new ConcurrentHashMap<>();

  private static final ClassDesc VECTOR = desc(FloatVector.class);
  private static final ClassDesc SPECIES = desc(VectorSpecies.class);
  private static final ClassDesc SEGMENT = desc(MemorySegment.class);
  private static final ClassDesc BYTE_ORDER = desc(ByteOrder.class);
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final MethodTypeDesc LOAD =
      MethodTypeDesc.of(VECTOR, SPECIES, SEGMENT, CD_long, BYTE_ORDER);
  private static final MethodTypeDesc STORE =
      MethodTypeDesc.of(CD_void, SEGMENT, CD_long, BYTE_ORDER);

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
  private static final int K = 16;
  private static final int END = 17;
  private static final int LEFT = 18;
  private static final int I = 19;
  private static final int X = 20;
  private static final int B0 = 21;
  private static final int SUMS = 23;

  private final int rowStep;
  private final int step;

  /** By height, width in vectors, and whether there are several runs. */
  private final @Nullable Tile[] made = new @Nullable Tile[12];

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
   * The height of the tile at the top of {@code rows} rows. What it has more than these is computed
   * from whatever A holds there, and thrown away. Four steps are two tiles of two, because the
   * lowest tile is the slowest per row.
   */
  static int height(int rows) {
    int steps = Math.ceilDiv(rows, STEP);
    return steps == 4 ? 2 * STEP : Math.min(3, steps) * STEP;
  }

  /**
   * A kernel.
   *
   * @param height rows of C, as of {@link #height}
   * @param vectors in a row of C, 1 or 2
   * @param several whether it takes more than one run
   */
  Tile get(int height, int vectors, boolean several) {
    int index = (height / STEP - 1) * 4 + (vectors - 1) * 2 + (several ? 1 : 0);
    Tile tile = made[index];
    return tile == null ? make(index, new Emitter(height, vectors, several)) : tile;
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
      Rehearsal.of(() -> tile.run(a, 0, 0, b, 0, 2, 2, Target.ZEROS, c, COLUMN_BYTES));
    }
  }

  private static ClassDesc desc(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }

  /** Writes one kernel. */
  private final class Emitter {
    private final int rows;
    private final int vectors;
    private final boolean several;

    Emitter(int rows, int vectors, boolean several) {
      this.rows = rows;
      this.vectors = vectors;
      this.several = several;
    }

    private Tile define() {
      String shape = rows + "x" + vectors + "_" + rowStep + "_" + step + (several ? "_runs" : "");
      ClassDesc name = ClassDesc.of(Tiles.class.getPackageName(), "Tile" + shape);
      MethodTypeDesc run =
          MethodTypeDesc.of(
              CD_void, FLOATS, CD_int, CD_int, CD_long, CD_long, CD_int, CD_int, CD_long, CD_long,
              CD_long);
      byte[] bytes =
          ClassFile.of()
              .build(
                  name,
                  c ->
                      c.withInterfaceSymbols(desc(Tile.class))
                          .withMethodBody(INIT_NAME, MTD_void, 0, Emitter::constructor)
                          .withMethodBody("run", run, ClassFile.ACC_PUBLIC, this::body));
      try {
        MethodHandles.Lookup made = MethodHandles.lookup().defineHiddenClass(bytes, true);
        MethodType constructor = MethodType.methodType(void.class);
        return (Tile) made.findConstructor(made.lookupClass(), constructor).invoke();
      } catch (Throwable e) {
        throw new LinkageError("cannot define " + name.displayName(), e);
      }
    }

    private static void constructor(CodeBuilder code) {
      code.aload(0).invokespecial(ConstantDescs.CD_Object, INIT_NAME, MTD_void).return_();
    }

    private void body(CodeBuilder code) {
      loadSums(code);
      mask(code.lload(B)).lstore(B);
      code.iload(A_AT).istore(I);
      if (several) {
        code.iload(RUNS).iload(DEPTH).imul().istore(END).iload(DEPTH).istore(LEFT);
        code.iconst_0().istore(K);
        loop(code, K);
      } else {
        code.iload(I).iload(DEPTH).loadConstant(step).imul().iadd().istore(END);
        loop(code, I);
      }
      storeSums(code);
      code.return_();
    }

    /** All rows begin with the same numbers. */
    private void loadSums(CodeBuilder code) {
      mask(code.lload(START)).lstore(START);
      loadRow(code, START);
      for (int i = 0; i < rows * vectors; i++) {
        code.aload(B0 + i % vectors).astore(SUMS + i);
      }
    }

    private void storeSums(CodeBuilder code) {
      for (int row = 0; row < rows; row++) {
        mask(code.lload(C)).lstore(C);
        for (int v = 0; v < vectors; v++) {
          vectorAt(code.aload(SUMS + row * vectors + v), C, v);
          code.invokevirtual(VECTOR, "intoMemorySegment", STORE);
        }
        code.lload(C).lload(ROW_BYTES).ladd().lstore(C);
      }
    }

    /** Steps until a counter is at its end. In one run that is A's index, so there is one less. */
    private void loop(CodeBuilder code, int counter) {
      Label top = code.newLabel();
      Label done = code.newLabel();
      code.labelBinding(top).iload(counter).iload(END).if_icmpge(done);
      step(code);
      code.goto_(top).labelBinding(done);
    }

    /** One k: the vectors of B, and for every row one number of A. */
    private void step(CodeBuilder code) {
      loadRow(code, B);
      MethodTypeDesc broadcast = MethodTypeDesc.of(VECTOR, SPECIES, CD_float);
      MethodTypeDesc fma = MethodTypeDesc.of(VECTOR, desc(Vector.class), desc(Vector.class));
      for (int row = 0; row < rows; row++) {
        species(code).aload(A).iload(I).loadConstant(row * rowStep).iadd();
        code.faload().invokestatic(VECTOR, "broadcast", broadcast).astore(X);
        for (int v = 0; v < vectors; v++) {
          int sum = SUMS + row * vectors + v;
          code.aload(B0 + v).aload(X).aload(sum).invokevirtual(VECTOR, "fma", fma).astore(sum);
        }
      }
      mask(code.lload(B).lload(B_STEP).ladd()).lstore(B);
      code.iload(I).loadConstant(step).iadd().istore(I);
      if (several) {
        Label same = code.newLabel();
        code.iinc(LEFT, -1).iload(LEFT).ifne(same);
        code.iload(DEPTH).istore(LEFT).iload(I).iload(A_JUMP).iadd().istore(I);
        code.labelBinding(same).iinc(K, 1);
      }
    }

    /** The vectors at an address, to where those of B are kept. */
    private void loadRow(CodeBuilder code, int address) {
      for (int v = 0; v < vectors; v++) {
        vectorAt(species(code), address, v);
        code.invokestatic(VECTOR, "fromMemorySegment", LOAD).astore(B0 + v);
      }
    }

    private static CodeBuilder species(CodeBuilder code) {
      return code.getstatic(desc(Simd.class), "F32", SPECIES);
    }

    private static CodeBuilder mask(CodeBuilder code) {
      return code.loadConstant(Native.MASK).land();
    }

    /** All of memory, the place of vector {@code v} from {@code address} on, the byte order. */
    private static void vectorAt(CodeBuilder code, int address, int v) {
      code.getstatic(desc(Native.class), "ALL", SEGMENT).lload(address);
      code.loadConstant((long) v * LANES * Float.BYTES).ladd();
      code.getstatic(desc(Native.class), "ORDER", BYTE_ORDER);
    }
  }
}
