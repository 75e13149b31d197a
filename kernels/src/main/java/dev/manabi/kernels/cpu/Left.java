package dev.manabi.kernels.cpu;

/**
 * The left operand as a tile reads it: element (row r, run s, depth k) lies {@code r * rowStep + s
 * * jump + k * step} behind the tile's first.
 *
 * @param kernels for this {@code rowStep} and {@code step}
 * @param data in a heap array, from where the JIT reads single numbers without a check
 */
record Left(float[] data, Tiles kernels, int rowStep, int step, int jump, int runs, int depth) {
  Left(float[] data, int rowStep, int step, int jump, int runs, int depth) {
    this(data, Tiles.of(rowStep, step), rowStep, step, jump, runs, depth);
  }
}
