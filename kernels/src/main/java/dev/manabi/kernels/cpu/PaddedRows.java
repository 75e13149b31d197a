package dev.manabi.kernels.cpu;

import dev.manabi.tensor.op.ConvOp;

/**
 * Some rows of an image with its zero padding, copied into a heap array: there every position of a
 * kernel is a place at a constant distance, so a convolution reads its windows straight from here.
 *
 * @param data the array
 * @param pitch from row to row, in elements
 */
record PaddedRows(float[] data, int pitch) {
  /** About the floats that are copied at a time: they stay in the L2 cache. */
  private static final int FLOATS = 1 << 16;

  /** The most rows of output whose input is at hand at a time. */
  static int outputRows(ConvOp.Params p, Image x, int kernelH, int outH) {
    int rowFloats = (x.width() + 2 * p.paddingW()) * x.channels();
    int span = p.dilationH() * (kernelH - 1) + 1;
    return Math.clamp((FLOATS / rowFloats - span) / p.strideH() + 1, 1, outH);
  }

  /** The input of output rows {@code [outRow, outRow + outRows)} of image {@code n}. */
  static PaddedRows of(ConvOp.Params p, Image x, int n, int kernelH, int outRow, int outRows) {
    int pitch = (x.width() + 2 * p.paddingW()) * x.channels();
    int first = outRow * p.strideH() - p.paddingH();
    int rows = (outRows - 1) * p.strideH() + p.dilationH() * (kernelH - 1) + 1;
    float[] data = Workspace.get().array(RowBlock.ALIGN + rows * pitch);
    for (int r = 0; r < rows; r++) {
      fillRow(p, x, n, first + r, data, RowBlock.ALIGN + r * pitch, pitch);
    }
    return new PaddedRows(data, pitch);
  }

  private static void fillRow(
      ConvOp.Params p, Image x, int n, int h, float[] data, int at, int pitch) {
    if (h < 0 || h >= x.height()) {
      Runs.clear(data, at, pitch);
      return;
    }
    int margin = p.paddingW() * x.channels();
    Runs.clear(data, at, margin);
    Runs.clear(data, at + pitch - margin, margin);
    if (x.pitch() == x.channels()) {
      Runs.copy(x.at(n, h, 0), data, at + margin, pitch - 2 * margin);
      return;
    }
    for (int w = 0; w < x.width(); w++) {
      Runs.copy(x.at(n, h, w), data, at + margin + w * x.channels(), x.channels());
    }
  }
}
