package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.COLUMNS;

/**
 * A convolution's weights as the right operand of a product: row k is a kernel position and an
 * inner channel, {@code k = (kh * KW + kw) * inner + channel}.
 *
 * @param address of the first weight
 * @param columnStride from one column (the other channel) to the next, in elements
 * @param strideH from one kernel row to the next
 * @param strideW from one kernel column to the next
 * @param innerStride from one inner channel to the next
 * @param kernelW kernel width KW
 * @param inner number of inner channels
 */
record TapMatrix(
    long address,
    long columnStride,
    long strideH,
    long strideW,
    long innerStride,
    int kernelW,
    int inner)
    implements ColumnSource {

  @Override
  public void packColumns(int first, int count, int from, int depth, float[] dst, int at) {
    int channel = from % inner;
    int tap = from / inner;
    for (int k = 0; k < depth; k++) {
      long row = tap / kernelW * strideH + tap % kernelW * strideW + channel * innerStride;
      long p = address + (row + first * columnStride) * Float.BYTES;
      Panels.copyStrided(p, columnStride * Float.BYTES, dst, at + k * COLUMNS, 1, count);
      if (++channel == inner) {
        channel = 0;
        tap++;
      }
    }
    Panels.clearTail(dst, at, count, depth);
  }
}
