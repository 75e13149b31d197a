package dev.manabi.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.data.Image;
import dev.manabi.data.vision.LabeledImages;
import dev.manabi.data.vision.Mnist;
import dev.manabi.tensor.error.FormatException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigitImageTest {
  @TempDir Path folder;

  @BeforeAll
  static void drawWithoutScreen() {
    System.setProperty("java.awt.headless", "true");
  }

  /** A digit as a grey picture, white on black. */
  static BufferedImage picture(Image.Bytes digit) {
    var picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 28 * 28; i++) {
      picture.getRaster().setSample(i % 28, i / 28, 0, digit.pixels()[i] & 0xff);
    }
    return picture;
  }

  /** A digit on a large white page, black, at some place. */
  static BufferedImage page(Image.Bytes digit, int zoom) {
    var page = new BufferedImage(60 * zoom, 50 * zoom, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = page.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, page.getWidth(), page.getHeight());
    var black = new BufferedImage(28, 28, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 28 * 28; i++) {
      int level = 255 - (digit.pixels()[i] & 0xff);
      black.setRGB(i % 28, i / 28, level << 16 | level << 8 | level);
    }
    g.drawImage(black, 4 * zoom, 15 * zoom, 28 * zoom, 28 * zoom, null);
    g.dispose();
    return page;
  }

  private Image.Bytes read(BufferedImage picture) throws IOException {
    Path file = folder.resolve("digit.png");
    ImageIO.write(picture, "png", file.toFile());
    return DigitImage.read(file);
  }

  /** Mean difference of two images' pixels, of 255. */
  private static double distance(Image.Bytes a, Image.Bytes b) {
    double sum = 0;
    for (int i = 0; i < 28 * 28; i++) {
      sum += Math.abs((a.pixels()[i] & 0xff) - (b.pixels()[i] & 0xff));
    }
    return sum / (28 * 28);
  }

  @Test
  void aDigitOfMnistStaysAsItIsButForFaintPixelsAtItsEdge() throws IOException {
    LabeledImages test = Mnist.test();
    for (int i = 0; i < 20; i++) {
      double difference = distance(test.image(i), read(picture(test.image(i))));
      assertTrue(difference < 0.2, "no. %d: mean difference %.3f".formatted(i, difference));
    }
  }

  @Test
  void blackOnWhiteLargeAndOffCentreBecomesTheSame() throws IOException {
    LabeledImages test = Mnist.test();
    double sum = 0;
    for (int i = 0; i < 20; i++) {
      Image.Bytes digit = test.image(i);
      sum += distance(digit, read(page(digit, 9))) / 20;
    }
    assertTrue(sum < 14, "mean difference " + sum);
  }

  @Test
  void inkOnTransparentPaperIsFoundWhetherDarkOrLight() throws IOException {
    Image.Bytes[] read = new Image.Bytes[2];
    for (int c = 0; c < 2; c++) {
      var picture = new BufferedImage(100, 100, BufferedImage.TYPE_INT_ARGB);
      Graphics2D g = picture.createGraphics();
      g.setColor(c == 0 ? Color.BLACK : Color.WHITE);
      g.fillRect(45, 20, 10, 60);
      g.dispose();
      read[c] = read(picture);
    }
    assertArrayEquals(read[0].pixels(), read[1].pixels());
    assertEquals(255, read[0].pixels()[14 * 28 + 14] & 0xff);
    assertEquals(0, read[0].pixels()[14 * 28 + 20] & 0xff);
  }

  @Test
  void theLongerSideBecomesTwentyPixelsAndTheMassIsCentred() throws IOException {
    var picture = new BufferedImage(300, 80, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D g = picture.createGraphics();
    g.setColor(Color.WHITE);
    g.fillRect(20, 10, 200, 40);
    g.dispose();
    Image.Bytes digit = read(picture);
    int inked = 0;
    for (int y = 0; y < 28; y++) {
      for (int x = 0; x < 28; x++) {
        boolean inside = x >= 4 && x < 24 && y >= 12 && y < 16;
        assertEquals(inside ? 255 : 0, digit.pixels()[y * 28 + x] & 0xff, x + ", " + y);
        inked += inside ? 1 : 0;
      }
    }
    assertEquals(80, inked);
  }

  @Test
  void aPictureOfOnePixelIsBlank() throws IOException {
    var e =
        assertThrows(
            FormatException.class, () -> read(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)));
    assertTrue(e.getMessage().contains("digit.png: expected a digit, found one even colour"));
  }

  @Test
  void whatIsNoPictureIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.png"), "seven");
    var e = assertThrows(FormatException.class, () -> DigitImage.read(text));
    assertTrue(e.getMessage().contains("notes.png: expected a picture"), e.getMessage());
    Path none = folder.resolve("none.png");
    var missing = assertThrows(IllegalArgumentException.class, () -> DigitImage.read(none));
    assertTrue(missing.getMessage().endsWith("none.png: no such file"), missing.getMessage());
  }

  @Test
  void aHugePictureIsRefusedBeforeItsPixelsAreRead() throws IOException {
    Path file = folder.resolve("huge.png");
    ImageIO.write(new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    byte[] bytes = Files.readAllBytes(file);
    // Width and height in the header; its checksum then no longer fits, which nobody looks at.
    bytes[16] = 0x7f;
    bytes[20] = 0x7f;
    Files.write(file, bytes);
    var e = assertThrows(FormatException.class, () -> DigitImage.read(file));
    assertTrue(e.getMessage().contains("at most 50,000,000 pixels"), e.getMessage());
  }
}
