package dev.manabi.kernels.lessons.conv;

import dev.manabi.kernels.lessons.Memory;
import dev.manabi.kernels.lessons.Rows;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;

/**
 * What is convolved with what. Images lie in memory channels-last: row by row, pixel by pixel, the
 * channels of a pixel side by side.
 *
 * @param x images [N, C, H, W]
 * @param weight [O, C, KH, KW], row-major
 * @param y images [N, O, OH, OW]
 */
record Layer(Tensor x, Tensor weight, int stride, int padding, Tensor y) {
  Layer {
    boolean channelsLast = x.layout().isChannelsLast() && y.layout().isChannelsLast();
    if (x.dtype() != DType.F32 || !channelsLast || !weight.layout().isContiguous()) {
      throw new IllegalArgumentException(
          "lesson: expected f32 images in channels-last and contiguous weights, found "
              + x.spec()
              + ", "
              + weight.spec()
              + ", "
              + y.spec());
    }
  }

  int images() {
    return x.size(0);
  }

  int inputs() {
    return x.size(1);
  }

  int height() {
    return x.size(2);
  }

  int width() {
    return x.size(3);
  }

  int outputs() {
    return weight.size(0);
  }

  int kernelHeight() {
    return weight.size(2);
  }

  int kernelWidth() {
    return weight.size(3);
  }

  int outHeight() {
    return y.size(2);
  }

  int outWidth() {
    return y.size(3);
  }

  /** The row of x which output row {@code oh} meets at kernel row {@code kh}; or a column. */
  int source(int oh, int kh) {
    return oh * stride - padding + kh;
  }

  /** Whether a pixel of x is not padding. */
  boolean isInside(int h, int w) {
    return h >= 0 && h < height() && w >= 0 && w < width();
  }

  /** Address of the channels of a pixel of x. */
  long pixel(int n, int h, int w) {
    return x.address() + (((long) n * height() + h) * width() + w) * inputs() * Float.BYTES;
  }

  /** Address of the channels of a pixel of y. */
  long outPixel(int n, int oh, int ow) {
    long pixel = ((long) n * outHeight() + oh) * outWidth() + ow;
    return y.address() + pixel * outputs() * Float.BYTES;
  }

  /** Makes y zero. */
  void clearOutput() {
    Rows.clear(y.address(), (int) y.numel());
  }

  float weight(int o, int c, int kh, int kw) {
    long tap = (((long) o * inputs() + c) * kernelHeight() + kh) * kernelWidth() + kw;
    return Memory.get(weight.address() + tap * Float.BYTES);
  }

  /**
   * The weights as the right operand of a product: row {@code (kh * KW + kw) * C + c}, column o.
   */
  Tensor weightMatrix() {
    int depth = kernelHeight() * kernelWidth() * inputs();
    return weight.permute(2, 3, 1, 0).contiguous().reshape(depth, outputs());
  }

  /** Copies a window of x, zeros where it reaches beyond the image: rows, pixels, channels. */
  void copyWindow(int n, int top, int left, int rows, int columns, long to) {
    long pixelBytes = (long) inputs() * Float.BYTES;
    for (int h = top; h < top + rows; h++) {
      for (int w = left; w < left + columns; w++) {
        if (isInside(h, w)) {
          Rows.copy(pixel(n, h, w), to, inputs());
        } else {
          Rows.clear(to, inputs());
        }
        to += pixelBytes;
      }
    }
  }
}
