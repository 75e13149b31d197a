package dev.manabi.kernels.lessons.conv;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.memory.Region;
import java.lang.ref.Reference;

/** The steps, in the order in which to read them. */
public enum ConvStep {
  SEVEN_LOOPS(new Step01SevenLoops()),
  CHANNEL_VECTORS(new Step02ChannelVectors()),
  WINDOW_MATRIX(new Step03WindowMatrix()),
  IMPLICIT_GEMM(new Step04ImplicitGemm()),
  WINOGRAD(new Step05Winograd()),
  SHIPPING(new Step06Shipping());

  private final Convolution convolution;

  ConvStep(Convolution convolution) {
    this.convolution = convolution;
  }

  /** Whether the step can convolve with such a kernel. */
  public boolean takes(int kernelHeight, int kernelWidth, int stride) {
    return this != WINOGRAD || kernelHeight == 3 && kernelWidth == 3 && stride == 1;
  }

  /**
   * Convolves.
   *
   * @param x f32 images [N, C, H, W], channels-last
   * @param weight [O, C, KH, KW], contiguous
   * @param y images [N, O, OH, OW], channels-last; overwritten
   * @throws IllegalArgumentException if they are anything else
   */
  public void run(Tensor x, Tensor weight, int stride, int padding, Tensor y) {
    try (var scratch = Region.open("lesson")) {
      convolution.run(new Layer(x, weight, stride, padding, y));
    } finally {
      // Steps work on addresses: nothing else keeps the memory from being collected.
      Reference.reachabilityFence(x);
      Reference.reachabilityFence(weight);
      Reference.reachabilityFence(y);
    }
  }
}
