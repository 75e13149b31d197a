package dev.manabi.data.transforms;

import dev.manabi.data.Image;

/**
 * Draws an image moved by an {@link Affine} map: for each pixel of the result it looks up the point
 * of the source that lands there. Pixel (x, y) covers the square from (x, y) to (x + 1, y + 1), so
 * its centre is at (x + 0.5, y + 0.5). Points outside the source get the fill value.
 */
final class Warp {
  private final float[] source;
  private final int height;
  private final int width;
  private final Interpolation interpolation;
  private final float fill;

  private Warp(float[] source, Image image, Interpolation interpolation, double fill) {
    this.source = source;
    this.height = image.height();
    this.width = image.width();
    this.interpolation = interpolation;
    this.fill = (float) fill;
  }

  /**
   * The image moved by {@code map}, same kind and size.
   *
   * @param fill value for points outside the source, in the image's own units
   */
  static Image apply(Image image, Affine map, Interpolation interpolation, double fill) {
    // Bytes pass through floats, which hold them exactly, so that there is one sampling loop.
    float[] source =
        switch (image) {
          case Image.Floats floats -> floats.pixels();
          case Image.Bytes bytes -> widen(bytes.pixels());
        };
    float[] moved = new Warp(source, image, interpolation, fill).moved(map.inverse());
    return switch (image) {
      case Image.Floats floats ->
          new Image.Floats(moved, floats.channels(), floats.height(), floats.width());
      case Image.Bytes bytes ->
          new Image.Bytes(round(moved), bytes.channels(), bytes.height(), bytes.width());
    };
  }

  private float[] moved(Affine toSource) {
    float[] result = new float[source.length];
    int plane = height * width;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sx = toSource.x(x + 0.5, y + 0.5);
        double sy = toSource.y(x + 0.5, y + 0.5);
        boolean inside = sx >= 0 && sx < width && sy >= 0 && sy < height;
        for (int p = 0; p < source.length; p += plane) {
          result[p + y * width + x] = inside ? sample(p, sx, sy) : fill;
        }
      }
    }
    return result;
  }

  private float sample(int plane, double x, double y) {
    return switch (interpolation) {
      case NEAREST -> source[plane + ((int) y) * width + (int) x];
      case BILINEAR -> bilinear(plane, x - 0.5, y - 0.5);
    };
  }

  /** Between pixel centres; within half a pixel of the border the outermost pixels go on. */
  private float bilinear(int plane, double x, double y) {
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    double right = x - left;
    double down = y - top;
    double above = row(plane, top, left, right);
    double below = row(plane, top + 1, left, right);
    return (float) (above + (below - above) * down);
  }

  private double row(int plane, int y, int left, double right) {
    int start = plane + Math.clamp(y, 0, height - 1) * width;
    double a = source[start + Math.clamp(left, 0, width - 1)];
    double b = source[start + Math.clamp(left + 1, 0, width - 1)];
    return a + (b - a) * right;
  }

  private static float[] widen(byte[] bytes) {
    float[] floats = new float[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      floats[i] = bytes[i] & 0xff;
    }
    return floats;
  }

  private static byte[] round(float[] floats) {
    byte[] bytes = new byte[floats.length];
    for (int i = 0; i < floats.length; i++) {
      bytes[i] = (byte) Math.clamp(Math.round(floats[i]), 0, 255);
    }
    return bytes;
  }
}
