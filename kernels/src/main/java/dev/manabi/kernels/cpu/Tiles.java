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
import java.lang.invoke.MethodType;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentHashMap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Writes the {@link Tile} kernels. The JIT keeps vectors in registers only if each has a local
 * variable of its own, and reaches A's rows without arithmetic only if their distance is a
 * constant; so a kernel is needed for every number of rows and every distance. Instead of pasted
 * bodies this page emits the bytecode of any of them. In Java, two rows of two vectors would read:
 *
 * <pre>{@code
 * FloatVector c00 = load(start), c01 = load(start + LANES * 4), c10 = load(start + startBytes) ..
 * for (int s = 0; s < runs; s++) {
 *   int i = aAt;
 *   for (int k = 0; k < depth; k++) {
 *     FloatVector b0 = load(b), b1 = load(b + LANES * 4);
 *     FloatVector x = broadcast(a[i]);
 *     c00 = b0.fma(x, c00); c01 = b1.fma(x, c01);
 *     x = broadcast(a[i + ROW_STEP]);
 *     c10 = b0.fma(x, c10); c11 = b1.fma(x, c11);
 *     b += bStep;
 *     i += aStep;
 *   }
 *   aAt += aJump;
 * }
 * store(c00, c); store(c01, c + LANES * 4); store(c10, c + rowBytes); ...
 * }</pre>
 */
final class Tiles {
  static final int LANES = Simd.F32.length();

  /** Columns of a whole tile: two vectors. */
  static final int COLUMNS = 2 * LANES;

  /** Bytes of a whole tile's row. */
  static final long COLUMN_BYTES = (long) COLUMNS * Float.BYTES;

  /**
   * Most rows of a tile two vectors wide. With 12 of 16 registers (20 of 32 with AVX-512) for sums,
   * none is spilled. AVX-512 has room for 13 rows, but from 12 on the method is too large for the
   * C1 compiler, which then may leave it in its slow first version for good.
   */
  static final int ROWS = Simd.F32.vectorBitSize() == 512 ? 10 : 6;

  /** Most rows of a tile one vector wide. */
  static final int NARROW_ROWS = Simd.F32.vectorBitSize() == 512 ? 16 : 12;

  private static final ConcurrentHashMap<Integer, Tiles> BY_ROW_STEP = new ConcurrentHashMap<>();

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
  private static final int A_STEP = 3;
  private static final int A_JUMP = 4;
  private static final int B = 5;
  private static final int B_STEP = 7;
  private static final int RUNS = 9;
  private static final int DEPTH = 10;
  private static final int START = 11;
  private static final int START_BYTES = 13;
  private static final int C = 15;
  private static final int ROW_BYTES = 17;
  private static final int S = 19;
  private static final int K = 20;
  private static final int I = 21;
  private static final int X = 22;
  private static final int B0 = 23;
  private static final int SUMS = 25;

  private final int rowStep;
  private final @Nullable Tile[] narrow = new @Nullable Tile[NARROW_ROWS + 1];
  private final @Nullable Tile[] wide = new @Nullable Tile[ROWS + 1];

  private Tiles(int rowStep) {
    this.rowStep = rowStep;
  }

  /** The kernels for rows of A that are {@code rowStep} elements apart. */
  static Tiles of(int rowStep) {
    return BY_ROW_STEP.computeIfAbsent(rowStep, Tiles::new);
  }

  /**
   * A kernel.
   *
   * @param rows of C, up to {@link #ROWS}, or {@link #NARROW_ROWS} if it is one vector wide
   * @param vectors in a row of C, 1 or 2
   */
  Tile get(int rows, int vectors) {
    @Nullable Tile[] made = vectors == 1 ? narrow : wide;
    Tile tile = made[rows];
    if (tile == null) {
      // Two threads may both come here; either's kernel will do.
      tile = new Emitter(rows, vectors, rowStep).define();
      made[rows] = tile;
    }
    return tile;
  }

  private static ClassDesc desc(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }

  /** Writes one kernel. */
  private record Emitter(int rows, int vectors, int rowStep) {
    private Tile define() {
      ClassDesc name =
          ClassDesc.of(Tiles.class.getPackageName(), "Tile" + rows + "x" + vectors + "_" + rowStep);
      MethodTypeDesc run =
          MethodTypeDesc.of(
              CD_void, FLOATS, CD_int, CD_int, CD_int, CD_long, CD_long, CD_int, CD_int, CD_long,
              CD_long, CD_long, CD_long);
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
      loop(
          code,
          S,
          RUNS,
          run -> {
            run.iload(A_AT).istore(I);
            loop(run, K, DEPTH, this::step);
            run.iload(A_AT).iload(A_JUMP).iadd().istore(A_AT);
          });
      storeSums(code);
      code.return_();
    }

    /** {@code for (int i = 0; i < end; i++) body}. */
    private static void loop(
        CodeBuilder code, int i, int end, java.util.function.Consumer<CodeBuilder> body) {
      Label top = code.newLabel();
      Label done = code.newLabel();
      code.iconst_0().istore(i).labelBinding(top).iload(i).iload(end).if_icmpge(done);
      body.accept(code);
      code.iinc(i, 1).goto_(top).labelBinding(done);
    }

    private void loadSums(CodeBuilder code) {
      for (int i = 0; i < rows * vectors; i++) {
        rowAddress(species(code), START, START_BYTES, i);
        code.invokestatic(VECTOR, "fromMemorySegment", LOAD).astore(SUMS + i);
      }
    }

    private void storeSums(CodeBuilder code) {
      for (int i = 0; i < rows * vectors; i++) {
        rowAddress(code.aload(SUMS + i), C, ROW_BYTES, i);
        code.invokevirtual(VECTOR, "intoMemorySegment", STORE);
      }
    }

    /** One k: the vectors of B, and for every row one number of A. */
    private void step(CodeBuilder code) {
      for (int v = 0; v < vectors; v++) {
        species(code).getstatic(desc(Native.class), "ALL", SEGMENT).lload(B);
        code.loadConstant((long) v * LANES * Float.BYTES).ladd();
        order(code).invokestatic(VECTOR, "fromMemorySegment", LOAD).astore(B0 + v);
      }
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
      code.lload(B).lload(B_STEP).ladd().lstore(B);
      code.iload(I).iload(A_STEP).iadd().istore(I);
    }

    private static CodeBuilder species(CodeBuilder code) {
      return code.getstatic(desc(Simd.class), "F32", SPECIES);
    }

    private static CodeBuilder order(CodeBuilder code) {
      return code.getstatic(desc(Native.class), "ORDER", BYTE_ORDER);
    }

    /** All of memory, the address of accumulator {@code i}'s place, and the byte order. */
    private void rowAddress(CodeBuilder code, int base, int rowBytes, int i) {
      code.getstatic(desc(Native.class), "ALL", SEGMENT)
          .lload(base)
          .lload(rowBytes)
          .loadConstant((long) (i / vectors))
          .lmul()
          .ladd()
          .loadConstant((long) (i % vectors) * LANES * Float.BYTES)
          .ladd();
      order(code);
    }
  }
}
