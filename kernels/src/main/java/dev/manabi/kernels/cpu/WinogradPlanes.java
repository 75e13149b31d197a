package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.LANES;

/**
 * Transformed windows: for each place (i, j) of the window a matrix [tiles, numbers] in a thread's
 * workspace.
 *
 * @param size numbers of a window on a side
 * @param pitch from tile to tile, in elements
 * @param planeBytes from place to place
 */
record WinogradPlanes(long address, int size, int pitch, long planeBytes) {
  static WinogradPlanes of(Workspace.Use use, int size, int tiles, int pitch) {
    // The planes' distance is kept off powers of two, at which all lines would share a set.
    long plane = (long) tiles * pitch + LANES;
    return new WinogradPlanes(
        Workspace.get().floats(use, size * size * plane), size, pitch, plane * Float.BYTES);
  }

  Matrix matrix(int place) {
    return new Matrix(address + place * planeBytes, pitch, 1);
  }

  /** Address of a tile's first number at place (i, j). */
  long at(int i, int j, int tile) {
    return address + (i * size + j) * planeBytes + (long) tile * pitch * Float.BYTES;
  }
}
