package dev.manabi.data;

/**
 * A picture on its way from a dataset to a batch: planar, that is {@code [C, H, W]} in row-major
 * order, as bytes or as floats.
 *
 * <p>Transforms work on these small heap objects; a tensor is made once, for the whole batch. An
 * image is never modified after it is made, and its array is shared, not copied.
 */
public sealed interface Image {
  /** Number of channels C. */
  int channels();

  /** Number of rows H. */
  int height();

  /** Number of columns W. */
  int width();

  /** The shape as text, for error messages. */
  default String shape() {
    return "[C=" + channels() + ", H=" + height() + ", W=" + width() + "]";
  }

  /**
   * An image of unsigned bytes, 0 to 255.
   *
   * @param pixels the {@code [C, H, W]} values in row-major order
   */
  @SuppressWarnings("ArrayRecordComponent") // an image is its pixels; nobody compares images
  record Bytes(byte[] pixels, int channels, int height, int width) implements Image {
    /** Refuses an array that does not have one value per channel and pixel. */
    public Bytes {
      requireSize(pixels.length, channels, height, width);
    }

    @Override
    public String toString() {
      return "Image.Bytes" + shape();
    }
  }

  /**
   * An image of floats, usually 0 to 1 or normalized.
   *
   * @param pixels the {@code [C, H, W]} values in row-major order
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Floats(float[] pixels, int channels, int height, int width) implements Image {
    /** Refuses an array that does not have one value per channel and pixel. */
    public Floats {
      requireSize(pixels.length, channels, height, width);
    }

    @Override
    public String toString() {
      return "Image.Floats" + shape();
    }
  }

  private static void requireSize(int values, int channels, int height, int width) {
    if (channels < 1 || height < 1 || width < 1 || (long) channels * height * width != values) {
      throw new IllegalArgumentException(
          "image: %,d values do not fill [C=%d, H=%d, W=%d]"
              .formatted(values, channels, height, width));
    }
  }
}
