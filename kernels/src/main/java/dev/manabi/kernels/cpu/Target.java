package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.COLUMN_BYTES;
import static dev.manabi.kernels.cpu.Tiles.LANES;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Where a product goes.
 *
 * @param bias address of a number for every column, with which sums start; 0 for none
 * @param epilogue what is done with what is written
 */
record Target(Matrix c, long bias, Epilogue epilogue) {
  /** A row of zeros, with which sums start. */
  static final long ZEROS = Arena.global().allocate(COLUMN_BYTES, 64).address();

  private static final ThreadLocal<MemorySegment> SCRATCH =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Tiles.ROWS * COLUMN_BYTES, 64));

  static Target of(Matrix c) {
    return new Target(c, 0, Epilogue.NONE);
  }

  /** The same for sums to which more will be added. */
  Target unfinished() {
    return epilogue.isNone() ? this : new Target(c, bias, Epilogue.NONE);
  }

  /** The same from another column on. */
  Target columnsFrom(int column) {
    Matrix part = new Matrix(c.at(0, column), c.rowStride(), c.columnStride());
    return new Target(part, bias == 0 ? 0 : bias + (long) column * Float.BYTES, epilogue);
  }

  /** The number with which sums of a column start. */
  float biasAt(int column) {
    return bias == 0 ? 0 : Native.getFloat(bias + (long) column * Float.BYTES);
  }

  /**
   * Computes a tile: at most {@code rows} rows and {@code width} columns, at most {@link
   * Tiles#COLUMNS}, from ({@code row}, {@code column}) on.
   *
   * @param at where the tile's first row begins in {@code a}
   * @param rows that are left, of which the tile takes {@link Tiles#height}
   * @param onto whether to add to what is there
   */
  void tile(
      Left a, int at, long b, long bStep, int row, int rows, int column, int width, boolean onto) {
    int height = Tiles.height(rows);
    int vectors = width <= LANES ? 1 : 2;
    boolean whole = width == vectors * LANES && c.columnStride() == 1;
    long to = whole ? c.at(row, column) : SCRATCH.get().address();
    boolean adds = whole && onto;
    long first = bias == 0 || onto ? ZEROS : bias + (long) column * Float.BYTES;
    Tile kernel = a.kernels().get(height, vectors, a.runs() > 1, adds);
    kernel.run(
        a.data(),
        at,
        a.jump() - a.depth() * a.step(),
        b,
        bStep,
        a.runs(),
        a.depth(),
        adds ? to : first,
        to,
        whole ? c.rowStride() * Float.BYTES : COLUMN_BYTES);
    if (!whole) {
      spread(to, row, height, column, width, onto);
    }
    if (!epilogue.isNone()) {
      finish(row, height, column, width);
    }
  }

  private void finish(int row, int height, int column, int width) {
    if (c.columnStride() == 1) {
      epilogue.finish(c.at(row, column), c.rowStride() * Float.BYTES, height, width);
      return;
    }
    for (int i = row; i < row + height; i++) {
      for (int j = column; j < column + width; j++) {
        long at = c.at(i, j);
        Native.putFloat(at, epilogue.of(Native.getFloat(at), at));
      }
    }
  }

  /** Moves a tile to where C has fewer columns than the tile, or columns that are not adjacent. */
  private void spread(long tile, int row, int height, int column, int width, boolean onto) {
    for (int i = 0; i < height; i++) {
      long from = tile + i * COLUMN_BYTES;
      if (c.columnStride() == 1) {
        spreadRow(from, c.at(row + i, column), width, onto);
        continue;
      }
      for (int j = 0; j < width; j++) {
        long to = c.at(row + i, column + j);
        float value = Native.getFloat(from + (long) j * Float.BYTES);
        Native.putFloat(to, onto ? Native.getFloat(to) + value : value);
      }
    }
  }

  private static void spreadRow(long from, long to, int width, boolean onto) {
    int j = 0;
    for (; j <= width - LANES; j += LANES) {
      long at = to + (long) j * Float.BYTES;
      FloatVector value = Simd.load(from + (long) j * Float.BYTES);
      Simd.store(onto ? value.add(Simd.load(at)) : value, at);
    }
    if (j < width) {
      VectorMask<Float> lanes = Simd.first(width - j);
      long at = to + (long) j * Float.BYTES;
      FloatVector value = Simd.load(from + (long) j * Float.BYTES);
      Simd.store(onto ? value.add(Simd.load(at, lanes)) : value, at, lanes);
    }
  }
}
