package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.LANES;

/**
 * Transformed windows: for each place (i, j) of the window a matrix [tiles, numbers] in a thread's
 * workspace.
 *
 * @param pitch from tile to tile, in elements
 * @param planeBytes from place to place
 */
record WinogradPlanes(long address, int pitch, long planeBytes) {
  /** Numbers a window has on a side. */
  static final int SIZE = 6;

  /** Places of a window. */
  static final int PLACES = SIZE * SIZE;

  static WinogradPlanes of(Workspace.Use use, int tiles, int pitch) {
    // The planes' distance is kept off powers of two, at which 36 lines would share a set.
    long plane = (long) tiles * pitch + LANES;
    return new WinogradPlanes(
        Workspace.get().floats(use, PLACES * plane), pitch, plane * Float.BYTES);
  }

  Matrix matrix(int place) {
    return new Matrix(address + place * planeBytes, pitch, 1);
  }

  /** Address of a tile's first number at place (i, j). */
  long at(int i, int j, int tile) {
    return address + (i * SIZE + j) * planeBytes + (long) tile * pitch * Float.BYTES;
  }
}
