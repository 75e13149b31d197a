package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.A_STRIDE;
import static dev.manabi.kernels.cpu.Tiles.COLUMNS;

/**
 * A matrix in memory: strides may be anything, so a transpose is another view of the same memory.
 *
 * @param address of element (0, 0)
 * @param rowStride from one row to the next, in elements
 * @param columnStride from one column to the next, in elements
 */
record Matrix(long address, long rowStride, long columnStride) implements RowSource, ColumnSource {

  Matrix transpose() {
    return new Matrix(address, columnStride, rowStride);
  }

  long at(long row, long column) {
    return address + (row * rowStride + column * columnStride) * Float.BYTES;
  }

  @Override
  public void packRows(int first, int count, int from, int depth, float[] dst, int at) {
    for (int i = 0; i < count; i++) {
      long row = at(first + i, from);
      if (columnStride == 1) {
        Panels.copyRun(row, dst, at + i * A_STRIDE, depth);
      } else {
        Panels.copyStrided(row, columnStride * Float.BYTES, dst, at + i * A_STRIDE, 1, depth);
      }
    }
  }

  @Override
  public void packColumns(int first, int count, int from, int depth, float[] dst, int at) {
    if (columnStride == 1) {
      for (int k = 0; k < depth; k++) {
        Panels.copyRun(at(from + k, first), dst, at + k * COLUMNS, count);
      }
    } else if (rowStride == 1) {
      Panels.transpose(at(from, first), columnStride * Float.BYTES, count, depth, dst, at, COLUMNS);
    } else {
      for (int j = 0; j < count; j++) {
        Panels.copyStrided(
            at(from, first + j), rowStride * Float.BYTES, dst, at + j, COLUMNS, depth);
      }
    }
    Panels.clearTail(dst, at, count, depth);
  }
}
