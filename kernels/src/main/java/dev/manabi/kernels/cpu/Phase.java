package dev.manabi.kernels.cpu;

import dev.manabi.kernels.cpu.ChannelStrips.Axis;
import dev.manabi.tensor.op.ConvOp;

/**
 * Every {@code stride}-th position of a convolution's input along one axis. They have met the same
 * taps, so their gradient is a convolution of stride 1 of the output's gradient with these.
 *
 * @param position the first
 * @param tap the first that meets it
 * @param tapStep from tap to tap
 * @param axis of that convolution, with the taps in reverse order
 */
record Phase(int position, int tap, int tapStep, Axis axis) {

  /** The phase of rows of {@code x} that begins with one, where {@code y} is the output. */
  static Phase ofRows(int row, ConvOp.Params p, Filter filter, Image x, Image y) {
    return of(
        row, filter.height(), p.strideH(), p.dilationH(), p.paddingH(), x.height(), y.height());
  }

  /** The same of columns. */
  static Phase ofColumns(int column, ConvOp.Params p, Filter filter, Image x, Image y) {
    return of(
        column, filter.width(), p.strideW(), p.dilationW(), p.paddingW(), x.width(), y.width());
  }

  /** The phase that begins at {@code position} of {@code inputs}. */
  static Phase of(
      int position, int taps, int stride, int dilation, int padding, int inputs, int outputs) {
    int step = stride / ColumnGroups.gcd(stride, dilation);
    int tap = 0;
    while (tap < step && (position + padding - tap * dilation) % stride != 0) {
      tap++;
    }
    int met = tap < step ? Math.max(0, Math.ceilDiv(taps - tap, step)) : 0;
    int move = step * dilation / stride;
    int lead = (met - 1) * move - (position + padding - tap * dilation) / stride;
    int positions = Math.ceilDiv(inputs - position, stride);
    return new Phase(position, tap, step, new Axis(positions, met, 1, move, lead, outputs));
  }

  /** How many taps meet it. */
  int taps() {
    return axis.taps();
  }
}
