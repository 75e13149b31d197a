package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.COLUMNS;
import static dev.manabi.kernels.cpu.Tiles.COLUMN_BYTES;

/**
 * A matrix in memory: strides may be anything, so a transpose is another view of the same memory.
 *
 * @param address of element (0, 0)
 * @param rowStride from one row to the next, in elements
 * @param columnStride from one column to the next, in elements
 */
record Matrix(long address, long rowStride, long columnStride) implements ColumnSource {
  /** Rows that are packed at a time: half as many as an L1 cache knows pages. */
  private static final int ROWS = 32;

  Matrix transpose() {
    return new Matrix(address, columnStride, rowStride);
  }

  long at(long row, long column) {
    return address + (row * rowStride + column * columnStride) * Float.BYTES;
  }

  /**
   * Copies {@code element(first + i, from + k)} for {@code i < count} and {@code k < depth} to
   * {@code dst[at + i * pitch + k]}.
   */
  void packRows(int first, int count, int from, int depth, float[] dst, int at, int pitch) {
    for (int i = 0; i < count; i++) {
      long row = at(first + i, from);
      if (columnStride == 1) {
        Runs.copy(row, dst, at + i * pitch, depth);
      } else {
        Runs.gather(row, columnStride * Float.BYTES, dst, at + i * pitch, depth);
      }
    }
  }

  @Override
  public void packColumns(int first, int count, int from, int depth, long to) {
    // Adjacent columns are read a few rows at a time: their pages are at hand for all panels.
    int rows = columnStride == 1 ? Math.min(ROWS, depth) : depth;
    for (int k = 0; k < depth; k += rows) {
      for (int j = 0; j < count; j += COLUMNS) {
        long panel = to + (long) j * depth * Float.BYTES;
        packPanel(
            first + j,
            Math.min(COLUMNS, count - j),
            from + k,
            Math.min(rows, depth - k),
            panel + k * COLUMN_BYTES);
      }
    }
  }

  private void packPanel(int first, int count, int from, int depth, long to) {
    if (columnStride == 1 || count < COLUMNS) {
      for (int k = 0; k < depth; k++) {
        long row = to + k * COLUMN_BYTES;
        if (columnStride == 1) {
          Runs.copy(at(from + k, first), row, count);
        } else {
          Runs.gather(at(from + k, first), columnStride * Float.BYTES, row, count);
        }
        Runs.clear(row + (long) count * Float.BYTES, COLUMNS - count);
      }
    } else if (rowStride == 1) {
      long step = columnStride * Float.BYTES;
      Transposes.block(Float.BYTES, at(from, first), step, to, COLUMN_BYTES, depth, count);
    } else {
      for (int k = 0; k < depth; k++) {
        Runs.gather(at(from + k, first), columnStride * Float.BYTES, to + k * COLUMN_BYTES, count);
      }
    }
  }
}
