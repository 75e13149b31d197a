package dev.manabi.kernels.lessons.conv;

/** One way to convolve. */
interface Convolution {
  /** Computes {@code layer.y()}. Tensors made meanwhile live until the step is done. */
  void run(Layer layer);
}
