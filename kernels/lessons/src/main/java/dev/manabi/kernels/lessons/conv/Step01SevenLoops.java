package dev.manabi.kernels.lessons.conv;

import dev.manabi.kernels.lessons.Memory;

/**
 * The definition: every output is the sum, over all channels and all taps of the kernel, of a pixel
 * times a weight. Pixels outside the image are zeros.
 *
 * <p>Slow for the reasons of the matrix product's first step, one long chain of additions and
 * strides across memory, and because it asks at every multiplication whether the pixel exists.
 */
final class Step01SevenLoops implements Convolution {
  @Override
  public void run(Layer layer) {
    for (int n = 0; n < layer.images(); n++) {
      for (int o = 0; o < layer.outputs(); o++) {
        for (int oh = 0; oh < layer.outHeight(); oh++) {
          for (int ow = 0; ow < layer.outWidth(); ow++) {
            long to = layer.outPixel(n, oh, ow) + (long) o * Float.BYTES;
            Memory.set(to, output(layer, n, o, oh, ow));
          }
        }
      }
    }
  }

  private static float output(Layer layer, int n, int o, int oh, int ow) {
    float sum = 0;
    for (int c = 0; c < layer.inputs(); c++) {
      for (int kh = 0; kh < layer.kernelHeight(); kh++) {
        for (int kw = 0; kw < layer.kernelWidth(); kw++) {
          int h = layer.source(oh, kh);
          int w = layer.source(ow, kw);
          if (layer.isInside(h, w)) {
            float x = Memory.get(layer.pixel(n, h, w) + (long) c * Float.BYTES);
            sum += x * layer.weight(o, c, kh, kw);
          }
        }
      }
    }
    return sum;
  }
}
