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
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Writes the {@link Tile} kernels. The JIT keeps vectors in registers only if each has a local
 * variable of its own, so a kernel of R rows needs 2 R accumulators by name; instead of a pasted
 * body for every R, this page emits the bytecode of them all. In Java, two rows would read:
 *
 * <pre>{@code
 * FloatVector c00 = load(start), c01 = load(start + LANES * 4), c10 = load(start + startBytes) ..
 * for (int k = 0; k < depth; k++) {
 *   FloatVector b0 = load(b, bAt + k * COLUMNS), b1 = load(b, bAt + k * COLUMNS + LANES);
 *   FloatVector x = broadcast(a[aAt + k]);
 *   c00 = b0.fma(x, c00); c01 = b1.fma(x, c01);
 *   x = broadcast(a[aAt + k + A_STRIDE]);
 *   c10 = b0.fma(x, c10); c11 = b1.fma(x, c11);
 * }
 * store(c00, c); store(c01, c + LANES * 4); store(c10, c + rowBytes); ...
 * }</pre>
 */
final class Tiles {
  /** Depth of a packed block: a block of A of this depth stays in the L1 cache. */
  static final int DEPTH = 256;

  /** Distance of packed rows of A: constant, so that a row is reached by a displacement. */
  static final int A_STRIDE = DEPTH + 16;

  private static final int LANES = Simd.F32.length();

  /** Columns of a tile: two vectors. */
  static final int COLUMNS = 2 * LANES;

  /**
   * Most rows of a tile. With 12 of 16 registers (20 of 32 with AVX-512) for sums, none is spilled.
   * AVX-512 has room for 13 rows, but from 12 on the method is too large for the C1 compiler, which
   * then may leave it in its slow first version for good.
   */
  static final int ROWS = Simd.F32.vectorBitSize() == 512 ? 10 : 6;

  private static final ClassDesc VECTOR = desc(FloatVector.class);
  private static final ClassDesc SPECIES = desc(VectorSpecies.class);
  private static final ClassDesc SEGMENT = desc(MemorySegment.class);
  private static final ClassDesc BYTE_ORDER = desc(ByteOrder.class);
  private static final ClassDesc FLOATS = CD_float.arrayType();

  // Local variables: this, then the parameters of Tile.run, then the accumulators.
  private static final int A = 1;
  private static final int A_AT = 2;
  private static final int B = 3;
  private static final int B_AT = 4;
  private static final int END = 5;
  private static final int START = 6;
  private static final int START_BYTES = 8;
  private static final int C = 10;
  private static final int ROW_BYTES = 12;
  private static final int K = 14;
  private static final int X = 15;
  private static final int B0 = 16;
  private static final int SUMS = 18;

  private static final Tile[] BY_ROWS = new Tile[ROWS + 1];

  static {
    for (int rows = 1; rows <= ROWS; rows++) {
      BY_ROWS[rows] = new Tiles(rows).define();
    }
  }

  /** The kernel for so many rows, 1 to {@link #ROWS}. */
  static Tile of(int rows) {
    return BY_ROWS[rows];
  }

  private final int rows;

  private Tiles(int rows) {
    this.rows = rows;
  }

  private static ClassDesc desc(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }

  private Tile define() {
    ClassDesc name = ClassDesc.of(Tiles.class.getPackageName(), "Tile" + rows);
    MethodTypeDesc run =
        MethodTypeDesc.of(
            CD_void, FLOATS, CD_int, FLOATS, CD_int, CD_int, CD_long, CD_long, CD_long, CD_long);
    byte[] bytes =
        ClassFile.of()
            .build(
                name,
                c ->
                    c.withInterfaceSymbols(desc(Tile.class))
                        .withMethodBody(INIT_NAME, MTD_void, 0, Tiles::constructor)
                        .withMethodBody("run", run, ClassFile.ACC_PUBLIC, this::body));
    try {
      MethodHandles.Lookup made = MethodHandles.lookup().defineHiddenClass(bytes, true);
      return (Tile) made.findConstructor(made.lookupClass(), methodType()).invoke();
    } catch (Throwable e) {
      throw new LinkageError("cannot define the kernel of " + rows + " rows", e);
    }
  }

  private static java.lang.invoke.MethodType methodType() {
    return java.lang.invoke.MethodType.methodType(void.class);
  }

  private static void constructor(CodeBuilder code) {
    code.aload(0).invokespecial(ConstantDescs.CD_Object, INIT_NAME, MTD_void).return_();
  }

  private void body(CodeBuilder code) {
    loadSums(code);
    Label top = code.newLabel();
    Label done = code.newLabel();
    code.iconst_0().istore(K);
    code.labelBinding(top).iload(K).iload(END).if_icmpge(done);
    step(code);
    code.iinc(K, 1).goto_(top).labelBinding(done);
    storeSums(code);
    code.return_();
  }

  private int sum(int row, int half) {
    return SUMS + 2 * row + half;
  }

  private void loadSums(CodeBuilder code) {
    MethodTypeDesc load = MethodTypeDesc.of(VECTOR, SPECIES, SEGMENT, CD_long, BYTE_ORDER);
    for (int i = 0; i < 2 * rows; i++) {
      address(species(code), START, START_BYTES, i)
          .invokestatic(VECTOR, "fromMemorySegment", load)
          .astore(SUMS + i);
    }
  }

  private void storeSums(CodeBuilder code) {
    MethodTypeDesc store = MethodTypeDesc.of(CD_void, SEGMENT, CD_long, BYTE_ORDER);
    for (int i = 0; i < 2 * rows; i++) {
      address(code.aload(SUMS + i), C, ROW_BYTES, i)
          .invokevirtual(VECTOR, "intoMemorySegment", store);
    }
  }

  /** One k: two vectors of B, and for every row one number of A. */
  private void step(CodeBuilder code) {
    MethodTypeDesc load = MethodTypeDesc.of(VECTOR, SPECIES, FLOATS, CD_int);
    for (int half = 0; half < 2; half++) {
      species(code).aload(B).iload(B_AT).iload(K).loadConstant(COLUMNS).imul().iadd();
      code.loadConstant(half * LANES).iadd();
      code.invokestatic(VECTOR, "fromArray", load).astore(B0 + half);
    }
    MethodTypeDesc broadcast = MethodTypeDesc.of(VECTOR, SPECIES, CD_float);
    MethodTypeDesc fma = MethodTypeDesc.of(VECTOR, desc(Vector.class), desc(Vector.class));
    for (int row = 0; row < rows; row++) {
      species(code).aload(A).iload(A_AT).iload(K).iadd().loadConstant(row * A_STRIDE).iadd();
      code.faload().invokestatic(VECTOR, "broadcast", broadcast).astore(X);
      for (int half = 0; half < 2; half++) {
        code.aload(B0 + half).aload(X).aload(sum(row, half));
        code.invokevirtual(VECTOR, "fma", fma).astore(sum(row, half));
      }
    }
  }

  private static CodeBuilder species(CodeBuilder code) {
    return code.getstatic(desc(Simd.class), "F32", SPECIES);
  }

  /** All of memory, the address of accumulator {@code i}'s place, and the byte order. */
  private static CodeBuilder address(CodeBuilder code, int base, int rowBytes, int i) {
    return code.getstatic(desc(Native.class), "ALL", SEGMENT)
        .lload(base)
        .lload(rowBytes)
        .loadConstant((long) (i / 2))
        .lmul()
        .ladd()
        .loadConstant((long) (i % 2) * LANES * Float.BYTES)
        .ladd()
        .getstatic(desc(Native.class), "ORDER", BYTE_ORDER);
  }
}
