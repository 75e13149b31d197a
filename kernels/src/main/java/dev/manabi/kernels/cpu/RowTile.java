package dev.manabi.kernels.cpu;

/** Packs the rows of a tile; written by {@link RowTiles}. */
interface RowTile {
  /**
   * Element {@code k} of the row at address {@code from + r * fromStep} becomes {@code dst[at + k *
   * Tiles.ROWS + r]}, for {@code count} vectors of k. If there are fewer {@code rows} than a tile
   * has, the last one stands for the others. Behind the last depth, less than a vector of numbers
   * is overwritten.
   */
  void pack(long from, long fromStep, int rows, float[] dst, int at, int count);
}
