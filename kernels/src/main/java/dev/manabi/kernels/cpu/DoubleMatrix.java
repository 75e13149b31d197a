package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.DoubleTile.COLUMNS;
import static dev.manabi.kernels.cpu.DoubleTile.COLUMN_BYTES;
import static dev.manabi.kernels.cpu.DoubleTile.PITCH;

/**
 * An f64 matrix in memory: strides may be anything, so a transpose is another view of the same
 * memory.
 *
 * @param address of element (0, 0)
 * @param rowStride from one row to the next, in elements
 * @param columnStride from one column to the next, in elements
 */
record DoubleMatrix(long address, long rowStride, long columnStride) implements DoubleSource {
  long at(long row, long column) {
    return address + (row * rowStride + column * columnStride) * Double.BYTES;
  }

  @Override
  public void packRows(int first, int count, int from, int depth, double[] dst) {
    if (columnStride == 1) {
      for (int i = 0; i < count; i++) {
        Runs.copy(at(first + i, from), dst, i * PITCH, depth);
      }
      return;
    }
    long step = rowStride * Double.BYTES;
    for (int k = 0; k < depth; k++) {
      long column = at(first, from + k);
      for (int i = 0; i < count; i++) {
        dst[i * PITCH + k] = Native.getDouble(column + i * step);
      }
    }
  }

  @Override
  public void packColumns(int first, int count, int from, int depth, long to) {
    if (columnStride == 1) {
      for (int k = 0; k < depth; k++) {
        // Only bits are moved: two floats' worth for each number.
        Runs.copy(at(from + k, first), to + k * COLUMN_BYTES, 2 * count);
      }
    } else {
      for (int j = 0; j < count; j++) {
        long column = to + (long) j * Double.BYTES;
        Moves.row(
            Double.BYTES,
            at(from, first + j),
            rowStride * Double.BYTES,
            column,
            COLUMN_BYTES,
            depth);
      }
    }
    for (int k = 0; k < depth && count < COLUMNS; k++) {
      Moves.fill(
          Double.BYTES, 0, to + k * COLUMN_BYTES + (long) count * Double.BYTES, COLUMNS - count);
    }
  }
}
