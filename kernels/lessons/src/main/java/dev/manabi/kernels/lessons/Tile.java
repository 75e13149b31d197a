package dev.manabi.kernels.lessons;

import jdk.incubator.vector.FloatVector;

/**
 * A tile of a product, over packed operands, in registers. The operands are arrays on the heap,
 * because the JIT reads these with less ado than memory outside.
 */
public final class Tile {
  /** Rows of a tile. */
  public static final int ROWS = 6;

  /** Columns of a tile: two vectors. */
  public static final int COLUMNS = 2 * Lanes.COUNT;

  private Tile() {}

  /**
   * {@code sums[r * COLUMNS + j] += sum over k < depth of a[aAt + r * rowStep + k] * b[bAt + k *
   * COLUMNS + j]} for all rows r and columns j of a tile.
   */
  public static void addTo(
      float[] sums, float[] a, int aAt, int rowStep, float[] b, int bAt, int depth) {
    FloatVector c00 = load(sums, 0);
    FloatVector c01 = load(sums, 1);
    FloatVector c10 = load(sums, 2);
    FloatVector c11 = load(sums, 3);
    FloatVector c20 = load(sums, 4);
    FloatVector c21 = load(sums, 5);
    FloatVector c30 = load(sums, 6);
    FloatVector c31 = load(sums, 7);
    FloatVector c40 = load(sums, 8);
    FloatVector c41 = load(sums, 9);
    FloatVector c50 = load(sums, 10);
    FloatVector c51 = load(sums, 11);
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = FloatVector.fromArray(Lanes.F32, b, bAt + k * COLUMNS);
      FloatVector b1 = FloatVector.fromArray(Lanes.F32, b, bAt + k * COLUMNS + Lanes.COUNT);
      int i = aAt + k;
      FloatVector x = FloatVector.broadcast(Lanes.F32, a[i]);
      c00 = b0.fma(x, c00);
      c01 = b1.fma(x, c01);
      x = FloatVector.broadcast(Lanes.F32, a[i + rowStep]);
      c10 = b0.fma(x, c10);
      c11 = b1.fma(x, c11);
      x = FloatVector.broadcast(Lanes.F32, a[i + 2 * rowStep]);
      c20 = b0.fma(x, c20);
      c21 = b1.fma(x, c21);
      x = FloatVector.broadcast(Lanes.F32, a[i + 3 * rowStep]);
      c30 = b0.fma(x, c30);
      c31 = b1.fma(x, c31);
      x = FloatVector.broadcast(Lanes.F32, a[i + 4 * rowStep]);
      c40 = b0.fma(x, c40);
      c41 = b1.fma(x, c41);
      x = FloatVector.broadcast(Lanes.F32, a[i + 5 * rowStep]);
      c50 = b0.fma(x, c50);
      c51 = b1.fma(x, c51);
    }
    c00.intoArray(sums, 0);
    c01.intoArray(sums, Lanes.COUNT);
    c10.intoArray(sums, 2 * Lanes.COUNT);
    c11.intoArray(sums, 3 * Lanes.COUNT);
    c20.intoArray(sums, 4 * Lanes.COUNT);
    c21.intoArray(sums, 5 * Lanes.COUNT);
    c30.intoArray(sums, 6 * Lanes.COUNT);
    c31.intoArray(sums, 7 * Lanes.COUNT);
    c40.intoArray(sums, 8 * Lanes.COUNT);
    c41.intoArray(sums, 9 * Lanes.COUNT);
    c50.intoArray(sums, 10 * Lanes.COUNT);
    c51.intoArray(sums, 11 * Lanes.COUNT);
  }

  /** {@code to[j] += sums[row * COLUMNS + j]} for {@code j < columns}. */
  public static void addRowTo(long to, float[] sums, int row, int columns) {
    int j = 0;
    for (; j < Lanes.F32.loopBound(columns); j += Lanes.COUNT) {
      long at = to + (long) j * Float.BYTES;
      FloatVector sum = FloatVector.fromArray(Lanes.F32, sums, row * COLUMNS + j);
      Memory.store(sum.add(Memory.load(at)), at);
    }
    for (; j < columns; j++) {
      long at = to + (long) j * Float.BYTES;
      Memory.set(at, Memory.get(at) + sums[row * COLUMNS + j]);
    }
  }

  private static FloatVector load(float[] sums, int vector) {
    return FloatVector.fromArray(Lanes.F32, sums, vector * Lanes.COUNT);
  }
}
