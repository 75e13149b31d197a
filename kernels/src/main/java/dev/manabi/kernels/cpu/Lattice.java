package dev.manabi.kernels.cpu;

/**
 * Evenly spaced pixels of images.
 *
 * @param image whose pixels they are
 * @param top row of the first
 * @param left column of the first
 * @param down rows from one to the next below
 * @param along columns from one to the next
 */
record Lattice(Image image, int top, int left, int down, int along) {

  /** All pixels. */
  static Lattice of(Image image) {
    return new Lattice(image, 0, 0, 1, 1);
  }

  int height() {
    return Math.ceilDiv(image.height() - top, down);
  }

  int width() {
    return Math.ceilDiv(image.width() - left, along);
  }

  /** Address of a pixel's first channel. */
  long at(int n, int h, int w) {
    return image.at(n, top + h * down, left + w * along);
  }

  /** Bytes from pixel to pixel of a row. */
  long pixelBytes() {
    return along * image.pixelBytes();
  }

  /** Sets all channels to zero. */
  void clear() {
    for (int n = 0; n < image.count(); n++) {
      for (int h = 0; h < height(); h++) {
        for (int w = 0; w < width(); w++) {
          Runs.clear(at(n, h, w), image.channels());
        }
      }
    }
  }
}
