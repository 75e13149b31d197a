package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;

/**
 * A dense tensor seen from one of its axes: in memory order it is {@code [outer, size, inner]}.
 *
 * @param outer elements of the axes around it
 * @param size size of the axis
 * @param inner elements of the axes inside it: how far neighbours along the axis are apart
 */
record AxisView(long outer, int size, long inner) {

  /** The view of a dense layout from {@code axis}. */
  static AxisView of(Layout dense, int axis) {
    Ints order = Operands.memoryOrder(dense);
    long outer = 1;
    int i = 0;
    for (; order.get(i) != axis; i++) {
      outer *= dense.shape().dim(order.get(i));
    }
    long inner = 1;
    for (i++; i < order.size(); i++) {
      inner *= dense.shape().dim(order.get(i));
    }
    return new AxisView(outer, dense.shape().dim(axis), inner);
  }

  /** How many lines run along the axis. */
  long lines() {
    return outer * inner;
  }

  /** Number of the first element of line {@code line}, when the axis has size {@code n} instead. */
  long start(long line, long n) {
    return line / inner * n * inner + line % inner;
  }

  /** Lines that are worth a task of their own. */
  long grain() {
    return Math.max(1, Reduction.BLOCK / Math.max(1, size));
  }
}
