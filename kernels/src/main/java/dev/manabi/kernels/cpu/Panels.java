package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.COLUMNS;
import static dev.manabi.kernels.cpu.Tiles.COLUMN_BYTES;

/**
 * The right operand of a product in memory: panels of {@link Tiles#COLUMNS} adjacent columns,
 * packed one after another, or left where they are in a row-major matrix. What lies to the right of
 * the last column may be read, and multiplied into sums that nobody keeps.
 *
 * @param address of the first panel
 * @param panelBytes from panel to panel
 * @param step from row to row, in bytes
 * @param columns of the matrix
 */
record Panels(long address, long panelBytes, long step, int columns) {

  /** Packed panels of {@code depth} rows. */
  static Panels packed(long address, int depth, int columns) {
    return new Panels(address, depth * COLUMN_BYTES, COLUMN_BYTES, columns);
  }

  /** Floats of packed panels. */
  static long packedFloats(int depth, int columns) {
    return (long) depth * Math.ceilDiv(columns, COLUMNS) * COLUMNS;
  }

  /** A matrix whose rows are {@code step} bytes apart. */
  static Panels inPlace(long address, long step, int columns) {
    return new Panels(address, COLUMN_BYTES, step, columns);
  }

  int count() {
    return Math.ceilDiv(columns, COLUMNS);
  }

  long at(int panel) {
    return address + panel * panelBytes;
  }

  /** Columns of a panel. */
  int width(int panel) {
    return Math.min(COLUMNS, columns - panel * COLUMNS);
  }

  /** These panels from row {@code k} on. */
  Panels from(int k) {
    return new Panels(address + k * step, panelBytes, step, columns);
  }
}
