package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.LANES;

/**
 * Windows transformed in one direction: for each of their rows and each strip of tiles the strip's
 * columns, in a thread's workspace.
 *
 * @param rowBytes from a row to the next
 * @param stripBytes from a strip to the next
 */
record WinogradRows(long address, long rowBytes, long stripBytes) {
  /** Room for {@code numbers} numbers in each of {@code rows} rows of each of so many strips. */
  static WinogradRows of(Workspace.Use use, int rows, int strips, int numbers) {
    // Whole vectors may reach beyond a strip's end. Rows are kept off powers of two, at which all
    // would share a set of the cache.
    long strip = numbers + LANES;
    long row = strips * strip + LANES;
    long address = Workspace.get().floats(use, rows * row);
    return new WinogradRows(address, row * Float.BYTES, strip * Float.BYTES);
  }

  long at(int row, int strip) {
    return address + row * rowBytes + strip * stripBytes;
  }
}
