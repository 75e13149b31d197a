package dev.manabi.kernels.cpu;

/**
 * The one-dimensional transforms of Winograd's convolution (Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2016; the matrices by the construction of Toom and Cook). A sum
 * of {@link #OUTPUTS} = 4 outputs of a filter with {@code taps} taps is made from products of
 * {@link #size} numbers, as many as the window has inputs:
 *
 * <pre>y = A^T [(G w) .* (B^T d)]</pre>
 *
 * <p>The window's inputs d, taken as a polynomial's coefficients, are multiplied by the taps w as
 * another's, by their values at as many points. Each transform works on one vector per number:
 * every lane is a channel of its own.
 *
 * @param input B^T: a window's inputs
 * @param outputs A^T: products to outputs
 * @param outputGradients A, from the outputs' gradients to the products'
 * @param weights G
 * @param weightGradients G^T, from the transformed weights' gradients to the weights'
 */
record WinogradTransforms(
    int taps,
    LineTransform input,
    LineTransform outputs,
    LineTransform outputGradients,
    LineTransform weights,
    LineTransform weightGradients) {
  /** Outputs of a tile on a side. */
  static final int OUTPUTS = 4;

  /** The transforms for a kernel of 3 x 3 or 5 x 5. */
  static WinogradTransforms of(Filter filter) {
    return filter.width() == 3 ? WinogradThree.TRANSFORMS : WinogradFive.TRANSFORMS;
  }

  /** Numbers of a window on a side. */
  static int size(int taps) {
    return OUTPUTS + taps - 1;
  }

  /** Numbers of a window on a side. */
  int size() {
    return size(taps);
  }

  /** Numbers of a window. */
  int places() {
    return size() * size();
  }
}
