package dev.manabi.data.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.data.Example;
import dev.manabi.data.Image;
import dev.manabi.tensor.error.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
  private static final LabeledImages TRAIN = Mnist.train();
  private static final LabeledImages TEST = Mnist.test();

  @TempDir Path folder;

  private static long pixelSum(LabeledImages images, int index) {
    long sum = 0;
    for (byte pixel : images.image(index).pixels()) {
      sum += pixel & 0xff;
    }
    return sum;
  }

  @Test
  void has60000TrainingAnd10000TestImagesOf28x28() {
    assertEquals(60_000, TRAIN.size());
    assertEquals(10_000, TEST.size());
    Image image = TRAIN.get(59_999).image();
    assertEquals("[C=1, H=28, W=28]", image.shape());
  }

  @Test
  void classCountsAreThePublishedOnes() {
    assertArrayEquals(
        new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
        TRAIN.classCounts());
    assertArrayEquals(
        new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, TEST.classCounts());
  }

  @Test
  void theFirstLabelsAreTheKnownOnes() {
    int[] train = new int[10];
    Arrays.setAll(train, TRAIN::label);
    assertArrayEquals(new int[] {5, 0, 4, 1, 9, 2, 1, 3, 1, 4}, train);
    int[] test = new int[10];
    Arrays.setAll(test, TEST::label);
    assertArrayEquals(new int[] {7, 2, 1, 0, 4, 1, 4, 9, 5, 9}, test);
  }

  @Test
  void theFirstImageIsAFive() {
    Example first = TRAIN.get(0);
    assertEquals(5, first.label());
    assertEquals("5", TRAIN.classNames().get(first.label()));
    assertEquals(27_525, pixelSum(TRAIN, 0));
    byte[] pixels = ((Image.Bytes) first.image()).pixels();
    // Row 5, columns 12 to 23, where the upper stroke begins.
    int[] stroke = {3, 18, 18, 18, 126, 136, 175, 26, 166, 255, 247, 127};
    for (int i = 0; i < stroke.length; i++) {
      assertEquals(stroke[i], pixels[5 * 28 + 12 + i] & 0xff);
    }
  }

  @Test
  void meanAndStdOfTheTrainingPixelsAreTheConstants() {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < TRAIN.size(); i++) {
      for (byte pixel : TRAIN.image(i).pixels()) {
        double x = (pixel & 0xff) / 255.0;
        sum += x;
        squares += x * x;
      }
    }
    double n = TRAIN.size() * 784.0;
    assertEquals(Mnist.MEAN, sum / n, 5e-5);
    assertEquals(Mnist.STD, Math.sqrt(squares / n - sum / n * (sum / n)), 5e-5);
  }

  @Test
  void anIndexOutsideIsRefused() {
    assertThrows(IndexOutOfBoundsException.class, () -> TEST.get(10_000));
    assertThrows(IndexOutOfBoundsException.class, () -> TEST.get(-1));
  }

  @Test
  void readsAFolderOfGzippedFiles() throws IOException {
    for (String name : List.of("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")) {
      try (InputStream in = Mnist.class.getResourceAsStream("mnist/" + name)) {
        Files.copy(in, folder.resolve(name));
      }
    }
    LabeledImages fromFolder = Mnist.test(folder);
    assertArrayEquals(TEST.classCounts(), fromFolder.classCounts());
    assertArrayEquals(TEST.image(1234).pixels(), fromFolder.image(1234).pixels());
  }

  @Test
  void readsAFolderOfPlainFiles() throws IOException {
    write("train-images-idx3-ubyte", 0x0803, new int[] {2, 2, 3}, new byte[12]);
    write("train-labels-idx1-ubyte", 0x0801, new int[] {2}, new byte[] {9, 0});
    LabeledImages images = Mnist.train(folder);
    assertEquals(2, images.size());
    assertEquals("[C=1, H=2, W=3]", images.image(0).shape());
    assertEquals(9, images.label(0));
  }

  @Test
  void aMissingFileIsNamed() {
    var e = assertThrows(IllegalArgumentException.class, () -> Mnist.train(folder));
    assertTrue(e.getMessage().contains("train-images-idx3-ubyte"), e.getMessage());
    assertTrue(e.getMessage().contains("fix:"), e.getMessage());
  }

  @Test
  void refusesMoreLabelsThanImages() throws IOException {
    write("train-images-idx3-ubyte", 0x0803, new int[] {1, 2, 3}, new byte[6]);
    write("train-labels-idx1-ubyte", 0x0801, new int[] {2}, new byte[2]);
    var e = assertThrows(FormatException.class, () -> Mnist.train(folder));
    assertTrue(e.getMessage().contains("train-labels-idx1-ubyte"), e.getMessage());
    assertTrue(e.getMessage().endsWith("found 2"), e.getMessage());
  }

  @Test
  void refusesALabelWithoutAClass() throws IOException {
    write("train-images-idx3-ubyte", 0x0803, new int[] {1, 2, 3}, new byte[6]);
    write("train-labels-idx1-ubyte", 0x0801, new int[] {1}, new byte[] {10});
    var e = assertThrows(FormatException.class, () -> Mnist.train(folder));
    assertTrue(e.getMessage().endsWith("expected labels from 0 to 9, found 10"), e.getMessage());
  }

  @Test
  void refusesImagesWithoutPixels() throws IOException {
    write("train-images-idx3-ubyte", 0x0803, new int[] {1, 0, 3}, new byte[0]);
    write("train-labels-idx1-ubyte", 0x0801, new int[] {1}, new byte[1]);
    assertThrows(FormatException.class, () -> Mnist.train(folder));
  }

  @Test
  void fashionMnistReadsTheSameFilesAndNamesItsClasses() throws IOException {
    write("t10k-images-idx3-ubyte", 0x0803, new int[] {1, 28, 28}, new byte[784]);
    write("t10k-labels-idx1-ubyte", 0x0801, new int[] {1}, new byte[] {9});
    LabeledImages images = FashionMnist.test(folder);
    assertEquals("Ankle boot", images.classNames().get(images.label(0)));
    assertEquals(10, images.classNames().size());
  }

  private void write(String name, int magic, int[] dims, byte[] data) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * dims.length + data.length);
    file.putInt(magic);
    Arrays.stream(dims).forEach(file::putInt);
    Files.write(folder.resolve(name), file.put(data).array());
  }
}
