package dev.manabi.kernels.cpu;

import dev.manabi.kernels.cpu.ChannelStrips.Axis;

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
