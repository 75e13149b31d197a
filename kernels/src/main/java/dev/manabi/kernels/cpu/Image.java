package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;

/**
 * Images in channels-last memory, or some of their channels.
 *
 * @param address of the first number
 * @param count number of images N
 * @param height H
 * @param width W
 * @param channels of these images
 * @param pitch from pixel to pixel, in elements: more than {@code channels} if there are other
 *     channels beside these
 */
record Image(long address, int count, int height, int width, int channels, int pitch) {

  /** {@code x} [N, C, H, W], copied if it lies otherwise. */
  static Image of(Tensor x, Operands operands) {
    return of(operands.as(x, Layout.channelsLast(x.shape())));
  }

  /** {@code y} [N, C, H, W], or a stand-in if it lies otherwise. */
  static Image target(Tensor y, Operands operands) {
    return of(operands.target(y, Layout.channelsLast(y.shape())));
  }

  private static Image of(Tensor t) {
    return new Image(t.address(), t.size(0), t.size(2), t.size(3), t.size(1), t.size(1));
  }

  /** The channels of one of {@code groups} groups. */
  Image group(int group, int groups) {
    int part = channels / groups;
    long offset = (long) group * part * Float.BYTES;
    return new Image(address + offset, count, height, width, part, pitch);
  }

  /** Bytes from pixel to pixel. */
  long pixelBytes() {
    return (long) pitch * Float.BYTES;
  }

  /** Bytes from row to row. */
  long rowBytes() {
    return width * pixelBytes();
  }

  /** Address of a pixel's first channel. */
  long at(int n, int h, int w) {
    return address + (((long) n * height + h) * width + w) * pixelBytes();
  }

  /** Finishes the sums that are the channels of {@code pixels} neighbours from a pixel on. */
  void finish(Epilogue epilogue, int n, int h, int w, int pixels) {
    if (!epilogue.isNone()) {
      epilogue.finish(at(n, h, w), pixelBytes(), pixels, channels);
    }
  }

  /** Number of pixels of all images. */
  int pixels() {
    return count * height * width;
  }

  /** The matrix [pixels of all images from the n-th on, channels]. */
  Matrix matrix(int n) {
    return new Matrix(at(n, 0, 0), pitch, 1);
  }
}
