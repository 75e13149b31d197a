package dev.manabi.examples.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.data.Image;
import dev.manabi.data.vision.LabeledImages;
import dev.manabi.data.vision.Mnist;
import dev.manabi.examples.train.EpochMetrics;
import dev.manabi.examples.train.History;
import dev.manabi.examples.train.Prediction;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
  private static final int WHITE = 0xffffff;

  @TempDir Path folder;

  @BeforeAll
  static void drawWithoutScreen() {
    System.setProperty("java.awt.headless", "true");
  }

  private static BufferedImage read(Path png) throws IOException {
    return ImageIO.read(png.toFile());
  }

  private static int rgb(BufferedImage picture, int x, int y) {
    return picture.getRGB(x, y) & WHITE;
  }

  private static Set<Integer> colours(BufferedImage picture) {
    Set<Integer> colours = new HashSet<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        colours.add(rgb(picture, x, y));
      }
    }
    return colours;
  }

  @Test
  void theConfusionMatrixIsDarkOnItsDiagonalAndLightElsewhere() throws IOException {
    int[][] counts = new int[10][10];
    for (int c = 0; c < 10; c++) {
      Arrays.fill(counts[c], 1);
      counts[c][c] = 90 + c;
    }
    var names = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    Path png = folder.resolve("confusion.png");
    new ConfusionMatrix(names, ClassificationReportTest.predictions(counts)).save(png);
    BufferedImage picture = read(png);
    assertEquals(1000, picture.getWidth());
    assertEquals(800, picture.getHeight());
    // Wherever the margins are, a falling line through the plot meets the dark cells of the
    // diagonal, and a rising one meets light cells.
    int falling = blue(picture, true);
    int rising = blue(picture, false);
    assertTrue(falling > 3 * rising, falling + " dark points on the diagonal, off it " + rising);
  }

  /** Counts points of a strong blue along a diagonal of the picture's middle. */
  private static int blue(BufferedImage picture, boolean falling) {
    int count = 0;
    for (int i = 150; i < 650; i++) {
      int rgb = rgb(picture, picture.getWidth() * i / 800, falling ? i : 800 - i);
      int red = rgb >> 16;
      int blue = rgb & 0xff;
      count += blue - red > 60 ? 1 : 0;
    }
    return count;
  }

  @Test
  void learningCurvesOfOneEpochAndOfManyHaveTwoLinesEach() throws IOException {
    History history = History.NONE;
    for (int e = 1; e <= 3; e++) {
      history = history.plus(new EpochMetrics(e, 1.0 / e, 0.9, null, null, 1.2 / e, 0.8, 1));
      Path png = folder.resolve("curves.png");
      LearningCurves.save(history, png);
      BufferedImage picture = read(png);
      assertEquals(1400, picture.getWidth());
      assertEquals(500, picture.getHeight());
      assertTrue(colours(picture).size() > 20, "colours: " + colours(picture).size());
    }
  }

  @Test
  void aGridShowsEachDigitEnlargedAndMistakesInRed() throws IOException {
    LabeledImages test = Mnist.test();
    var grid = new ImageGrid("Digits", 5);
    grid.add(test.image(0), new Prediction(0, 7, 7, 0.99), test.classNames());
    Path good = folder.resolve("good.png");
    grid.save(good);
    grid.add(test.image(1), new Prediction(1, 2, 7, 0.6), test.classNames());
    Path bad = folder.resolve("bad.png");
    grid.save(bad);
    assertTrue(colours(read(bad)).contains(0xb00020));
    assertTrue(!colours(read(good)).contains(0xb00020));
    assertEquals(2, grid.size());
    assertShows(read(good), test.image(0), 16, 48);
  }

  private static void assertShows(BufferedImage grid, Image.Bytes image, int left, int top) {
    for (int i = 0; i < 28 * 28; i++) {
      int level = image.pixels()[i] & 0xff;
      int shown = rgb(grid, left + i % 28 * 4 + 2, top + i / 28 * 4 + 2);
      assertEquals(level << 16 | level << 8 | level, shown, "pixel " + i);
    }
  }

  @Test
  void aGridWithoutPicturesIsStillAFile() throws IOException {
    Path png = folder.resolve("none.png");
    new ImageGrid("0 of 10 wrong", 5).save(png);
    assertTrue(read(png).getHeight() > 0);
  }

  @Test
  void colourImagesOfFloatsAreDrawnInColour() throws IOException {
    var grid = new ImageGrid("Colour", 5);
    grid.add(new Image.Floats(new float[] {1, 0, 0.5f}, 3, 1, 1), "orange");
    Path png = folder.resolve("colour.png");
    grid.save(png);
    assertTrue(colours(read(png)).contains(0xff0080));
  }
}
