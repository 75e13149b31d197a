package dev.manabi.kernels.reference;

import dev.manabi.tensor.Layout;

/** Visits the lines along one axis of several tensors that agree in all other axes. */
final class Lines {
  private final Walk walk;
  private final long[] strides;
  private final int length;

  /** {@code length} is that of the first tensor. */
  Lines(int axis, Elements... tensors) {
    Layout[] starts = new Layout[tensors.length];
    strides = new long[tensors.length];
    for (int k = 0; k < tensors.length; k++) {
      starts[k] = tensors[k].layout().without(axis);
      strides[k] = tensors[k].stride(axis);
    }
    walk = Walk.over(starts[0].shape(), starts);
    length = tensors[0].dim(axis);
  }

  boolean more() {
    return walk.more();
  }

  void next() {
    walk.next();
  }

  /** How many elements a line of the first tensor has. */
  int length() {
    return length;
  }

  /** Position of element {@code i} of the current line of tensor {@code k}. */
  long at(int k, int i) {
    return walk.at(k) + i * strides[k];
  }
}
