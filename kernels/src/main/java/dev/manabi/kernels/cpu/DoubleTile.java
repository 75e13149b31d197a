package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.F64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;

/**
 * The innermost loop of f64 products: {@link #ROWS} rows of two vectors of sums stay in registers
 * while A and B stream by. With one row of B and a number of A that is 15 registers, one less than
 * there are without AVX-512, and 12 chains of sums, enough to hide how long each addition takes.
 */
final class DoubleTile {
  static final int LANES = F64.length();
  static final int ROWS = 6;

  /** Columns of a tile: two vectors. */
  static final int COLUMNS = 2 * LANES;

  /** Bytes of a tile's row. */
  static final long COLUMN_BYTES = (long) COLUMNS * Double.BYTES;

  /** Most of the k that are packed at a time. */
  static final int DEPTH = 256;

  /** From row to row of packed A: a little off a power of two, which would crowd into few lines. */
  static final int PITCH = DEPTH + 8;

  private static final long VECTOR = F64.vectorByteSize();

  /** Not final so that the loop is not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle multiply = KernelTemplate.entry(DoubleTile.class, "multiply");

  private static final ThreadLocal<MemorySegment> SUMS =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ROWS * COLUMN_BYTES, 64));

  private DoubleTile() {}

  /** Has the kernel compiled before the first product. */
  static void prepare() {
    if (Rehearsal.isDue(DoubleTile.class)) {
      double[] a = new double[ROWS * PITCH];
      try (Arena arena = Arena.ofConfined()) {
        long b = arena.allocate(2 * COLUMN_BYTES, 64).address();
        long c = arena.allocate(ROWS * COLUMN_BYTES, 64).address();
        DoubleMatrix target = new DoubleMatrix(c, COLUMNS, 1);
        Rehearsal.of(DoubleTile.class, () -> run(a, 0, b, 2, target, 0, ROWS, 0, COLUMNS, true));
      }
    }
  }

  /**
   * Computes a tile of C, of which {@code rows} rows and {@code columns} columns are wanted.
   *
   * @param a packed rows, {@link #PITCH} apart, from {@code at} on
   * @param b packed rows of {@link #COLUMNS}
   * @param onto whether to add to what C holds
   */
  static void run(
      double[] a,
      int at,
      long b,
      int depth,
      DoubleMatrix c,
      int row,
      int rows,
      int column,
      int columns,
      boolean onto) {
    long sums = SUMS.get().address();
    try {
      multiply.invokeExact(a, at, b, depth, sums);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
    for (int i = 0; i < rows; i++) {
      long from = sums + i * COLUMN_BYTES;
      if (c.columnStride() == 1) {
        storeRow(from, c.at(row + i, column), columns, onto);
        continue;
      }
      for (int j = 0; j < columns; j++) {
        long to = c.at(row + i, column + j);
        double value = Native.getDouble(from + (long) j * Double.BYTES);
        Native.putDouble(to, onto ? Native.getDouble(to) + value : value);
      }
    }
  }

  private static void storeRow(long from, long to, int columns, boolean onto) {
    for (int j = 0; j < columns; j += LANES) {
      VectorMask<Double> lanes = Simd.firstDoubles(columns - j);
      long at = Native.at(to + (long) j * Double.BYTES);
      DoubleVector value = load(from + (long) j * Double.BYTES);
      if (onto) {
        var held = DoubleVector.fromMemorySegment(F64, Native.ALL, at, Native.ORDER, lanes);
        value = held.add(value);
      }
      value.intoMemorySegment(Native.ALL, at, Native.ORDER, lanes);
    }
  }

  private static DoubleVector load(long address) {
    return DoubleVector.fromMemorySegment(F64, Native.ALL, Native.at(address), Native.ORDER);
  }

  private static void store(DoubleVector v, long address) {
    v.intoMemorySegment(Native.ALL, Native.at(address), Native.ORDER);
  }

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(F64, value);
  }

  static void multiply(double[] a, int at, long b, int depth, long sums) {
    DoubleVector c00 = DoubleVector.zero(F64);
    DoubleVector c01 = c00;
    DoubleVector c10 = c00;
    DoubleVector c11 = c00;
    DoubleVector c20 = c00;
    DoubleVector c21 = c00;
    DoubleVector c30 = c00;
    DoubleVector c31 = c00;
    DoubleVector c40 = c00;
    DoubleVector c41 = c00;
    DoubleVector c50 = c00;
    DoubleVector c51 = c00;
    // Masked once in a turn, as Tiles does it: masked at each load, it would be half as fast.
    long row = Native.at(b);
    for (int i = at; i < at + depth; i++) {
      DoubleVector b0 = DoubleVector.fromMemorySegment(F64, Native.ALL, row, Native.ORDER);
      DoubleVector b1 = DoubleVector.fromMemorySegment(F64, Native.ALL, row + VECTOR, Native.ORDER);
      DoubleVector x = all(a[i]);
      c00 = b0.fma(x, c00);
      c01 = b1.fma(x, c01);
      x = all(a[i + PITCH]);
      c10 = b0.fma(x, c10);
      c11 = b1.fma(x, c11);
      x = all(a[i + 2 * PITCH]);
      c20 = b0.fma(x, c20);
      c21 = b1.fma(x, c21);
      x = all(a[i + 3 * PITCH]);
      c30 = b0.fma(x, c30);
      c31 = b1.fma(x, c31);
      x = all(a[i + 4 * PITCH]);
      c40 = b0.fma(x, c40);
      c41 = b1.fma(x, c41);
      x = all(a[i + 5 * PITCH]);
      c50 = b0.fma(x, c50);
      c51 = b1.fma(x, c51);
      row = Native.at(row + COLUMN_BYTES);
    }
    store(c00, sums);
    store(c01, sums + VECTOR);
    store(c10, sums + COLUMN_BYTES);
    store(c11, sums + COLUMN_BYTES + VECTOR);
    store(c20, sums + 2 * COLUMN_BYTES);
    store(c21, sums + 2 * COLUMN_BYTES + VECTOR);
    store(c30, sums + 3 * COLUMN_BYTES);
    store(c31, sums + 3 * COLUMN_BYTES + VECTOR);
    store(c40, sums + 4 * COLUMN_BYTES);
    store(c41, sums + 4 * COLUMN_BYTES + VECTOR);
    store(c50, sums + 5 * COLUMN_BYTES);
    store(c51, sums + 5 * COLUMN_BYTES + VECTOR);
  }
}
