package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.LANES;

/**
 * One row of transformed windows: for each place j in it a matrix [tiles, channels], in a thread's
 * workspace.
 *
 * @param pitch from tile to tile, in elements
 * @param planeBytes from place to place
 */
record WinogradPlanes(long address, int pitch, long planeBytes) {
  static WinogradPlanes of(Workspace.Use use, int size, int tiles, int pitch) {
    // The planes' distance is kept off powers of two, at which all lines would share a set.
    long plane = (long) tiles * pitch + LANES;
    return new WinogradPlanes(
        Workspace.get().floats(use, size * plane), pitch, plane * Float.BYTES);
  }

  Matrix matrix(int place) {
    return new Matrix(address + place * planeBytes, pitch, 1);
  }

  /** Address of a tile's first number at a place. */
  long at(int place, int tile) {
    return address + place * planeBytes + (long) tile * pitch * Float.BYTES;
  }
}
