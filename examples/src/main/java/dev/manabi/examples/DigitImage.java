package dev.manabi.examples;

import dev.manabi.data.Image;
import dev.manabi.tensor.error.FormatException;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Makes a digit in any picture look like those of MNIST, in the way MNIST was made (LeCun et al.
 * 1998): white on black, scaled with its proportions kept into 20x20 pixels, and placed so that its
 * centre of mass is the centre of 28x28.
 */
final class DigitImage {
  private static final int SIZE = 28;
  private static final int BOX = 20;

  /** Larger pictures are refused before their pixels are read. */
  private static final long MAX_PIXELS = 50_000_000;

  /** How far ink stands out of the background, as a share of the range from black to white. */
  private static final double LEAST_CONTRAST = 0.1;

  /** Fainter spots, as a share of the strongest ink, do not count for the digit's extent. */
  private static final double LEAST_INK = 0.1;

  private DigitImage() {}

  /**
   * Reads a picture: PNG, or another format that the JDK knows.
   *
   * @return {@code [1, 28, 28]}
   * @throws FormatException if it is no picture, too large, or blank
   */
  static Image.Bytes read(Path file) {
    BufferedImage picture = decode(file);
    // Black ink vanishes on black and white ink on white, where the paper is transparent.
    Ink ink = Ink.of(picture, 1);
    if (ink.isBlank()) {
      ink = Ink.of(picture, 0);
    }
    if (ink.isBlank()) {
      throw new FormatException(file.toString(), "a digit", "one even colour");
    }
    return centred(fitted(ink.cropped()));
  }

  private static BufferedImage decode(Path file) {
    String name = file.toString();
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(name + ": no such file");
    }
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new FormatException(name, "a picture such as a PNG file", "another kind of file");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS) {
          throw new FormatException(
              name, "at most %,d pixels".formatted(MAX_PIXELS), "%,d".formatted(pixels));
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": " + e.getMessage(), e);
    }
  }

  /** How much ink is where: 0 for paper, 1 for the strongest ink. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares inks
  private record Ink(double[] levels, int width, int height, double contrast) {
    static Ink of(BufferedImage picture, double paper) {
      int width = picture.getWidth();
      double[] levels = new double[width * picture.getHeight()];
      boolean grey = picture.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
      for (int i = 0; i < levels.length; i++) {
        levels[i] =
            grey
                ? grey(picture, i % width, i / width, paper)
                : luminance(picture.getRGB(i % width, i / width), paper);
      }
      return stretched(levels, width, picture.getHeight());
    }

    /** As it stands in the file; {@code getRGB} would take it for linear, and brighten it. */
    private static double grey(BufferedImage picture, int x, int y, double paper) {
      int[] samples = picture.getRaster().getPixel(x, y, (int[]) null);
      double most = (1 << picture.getColorModel().getComponentSize(0)) - 1;
      double alpha = samples.length == 2 ? samples[1] / most : 1;
      return over(paper, samples[0] / most, alpha);
    }

    /** With the weights of ITU-R BT.601, which most formats take for grey. */
    private static double luminance(int argb, double paper) {
      int red = argb >> 16 & 0xff;
      int green = argb >> 8 & 0xff;
      int blue = argb & 0xff;
      double grey = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
      return over(paper, grey, (argb >>> 24) / 255.0);
    }

    private static double over(double paper, double level, double alpha) {
      return paper + (level - paper) * alpha;
    }

    /** The paper is what most of the border has. */
    private static Ink stretched(double[] levels, int width, int height) {
      double[] border = new double[2 * (width + height)];
      for (int x = 0; x < width; x++) {
        border[x] = levels[x];
        border[width + x] = levels[(height - 1) * width + x];
      }
      for (int y = 0; y < height; y++) {
        border[2 * width + y] = levels[y * width];
        border[2 * width + height + y] = levels[y * width + width - 1];
      }
      Arrays.sort(border);
      double paper = border[border.length / 2];
      double sign = paper > 0.5 ? -1 : 1;
      double strongest = Arrays.stream(levels).map(v -> sign * (v - paper)).max().orElse(0);
      double[] ink = Arrays.stream(levels).map(v -> sign * (v - paper) / strongest).toArray();
      return new Ink(ink, width, height, strongest);
    }

    boolean isBlank() {
      return contrast < LEAST_CONTRAST;
    }

    /** The smallest rectangle with all ink, as a grey picture. */
    BufferedImage cropped() {
      int left = width;
      int right = -1;
      int top = height;
      int bottom = -1;
      for (int i = 0; i < levels.length; i++) {
        if (levels[i] >= LEAST_INK) {
          left = Math.min(left, i % width);
          right = Math.max(right, i % width);
          top = Math.min(top, i / width);
          bottom = Math.max(bottom, i / width);
        }
      }
      BufferedImage grey = DigitImage.grey(right - left + 1, bottom - top + 1);
      for (int y = top; y <= bottom; y++) {
        for (int x = left; x <= right; x++) {
          int level = (int) Math.round(255 * Math.clamp(levels[y * width + x], 0, 1));
          grey.setRGB(x - left, y - top, level << 16 | level << 8 | level);
        }
      }
      return grey;
    }
  }

  /**
   * A black picture in which grey is red = green = blue: the JDK's own grey pictures are linear.
   */
  private static BufferedImage grey(int width, int height) {
    return new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
  }

  /** Scaled so that its longer side is 20 pixels, every pixel the mean of those it stands for. */
  private static BufferedImage fitted(BufferedImage digit) {
    double factor = (double) BOX / Math.max(digit.getWidth(), digit.getHeight());
    int width = Math.max(1, (int) Math.round(digit.getWidth() * factor));
    int height = Math.max(1, (int) Math.round(digit.getHeight() * factor));
    BufferedImage fitted = grey(width, height);
    Graphics2D g = fitted.createGraphics();
    var scaled = digit.getScaledInstance(width, height, java.awt.Image.SCALE_AREA_AVERAGING);
    g.drawImage(scaled, 0, 0, null);
    g.dispose();
    return fitted;
  }

  /** Moved by whole pixels; thin strokes, faint after scaling, get full strength again. */
  private static Image.Bytes centred(BufferedImage digit) {
    int width = digit.getWidth();
    int[] levels = digit.getRaster().getSamples(0, 0, width, digit.getHeight(), 0, (int[]) null);
    double mass = 0;
    double massX = 0;
    double massY = 0;
    int strongest = 1;
    for (int i = 0; i < levels.length; i++) {
      int x = i % width;
      int y = i / width;
      mass += levels[i];
      massX += levels[i] * (x + 0.5);
      massY += levels[i] * (y + 0.5);
      strongest = Math.max(strongest, levels[i]);
    }
    int left = shift(massX / mass, width);
    int top = shift(massY / mass, digit.getHeight());
    byte[] pixels = new byte[SIZE * SIZE];
    for (int i = 0; i < levels.length; i++) {
      int x = left + i % width;
      int y = top + i / width;
      pixels[y * SIZE + x] = (byte) (levels[i] * 255 / strongest);
    }
    return new Image.Bytes(pixels, 1, SIZE, SIZE);
  }

  /**
   * Where to begin so that {@code centre} comes to the middle, as far as the digit fits. In MNIST
   * the centre of mass lies in pixel 14, on average in the middle of that pixel.
   */
  private static int shift(double centre, int length) {
    return (int) Math.clamp(Math.ceil(SIZE / 2.0 - centre), 0.0, SIZE - length);
  }
}
