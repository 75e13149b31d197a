package dev.manabi.data.transforms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.data.Example;
import dev.manabi.data.ExampleRandom;
import dev.manabi.data.Image;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class TransformsTest {
  private final RandomGenerator random = new ExampleRandom(1, 0, 0);

  /** 7x7 with one bright pixel in the middle. */
  private static Image.Bytes dot() {
    byte[] pixels = new byte[49];
    pixels[24] = (byte) 200;
    return new Image.Bytes(pixels, 1, 7, 7);
  }

  /** Where {@link #dot} went: {x, y}. */
  private static List<Integer> dotOf(Image image) {
    byte[] pixels = ((Image.Bytes) image).pixels();
    for (int i = 0; i < pixels.length; i++) {
      if (pixels[i] != 0) {
        return List.of(i % 7, i / 7);
      }
    }
    return List.of();
  }

  @Test
  void toTensorDividesUnsignedBytesBy255() {
    Image image =
        new ToTensor().apply(new Image.Bytes(new byte[] {0, 1, 127, -128, -1}, 1, 1, 5), random);
    assertArrayEquals(
        new float[] {0, 1 / 255f, 127 / 255f, 128 / 255f, 1}, ((Image.Floats) image).pixels());
  }

  @Test
  void toTensorLeavesFloatsAlone() {
    Image image = new Image.Floats(new float[] {3}, 1, 1, 1);
    assertSame(image, new ToTensor().apply(image, random));
  }

  @Test
  void normalizeUsesEachChannelsOwnMeanAndStd() {
    Image image = new Image.Floats(new float[] {1, 2, 3, 4}, 2, 1, 2);
    Image result = new Normalize(List.of(1.0, 3.0), List.of(0.5, 2.0)).apply(image, random);
    assertArrayEquals(new float[] {0, 2, 0, 0.5f}, ((Image.Floats) result).pixels());
  }

  @Test
  void normalizeOfBytesSaysToPutToTensorFirst() {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> new Normalize(0, 1).apply(dot(), random));
    assertTrue(e.getMessage().contains("fix: put ToTensor before Normalize"), e.getMessage());
  }

  @Test
  void normalizeRefusesAnotherNumberOfChannels() {
    Image image = new Image.Floats(new float[3], 3, 1, 1);
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> new Normalize(0, 1).apply(image, random));
    assertTrue(e.getMessage().contains("3 channels"), e.getMessage());
  }

  @Test
  void normalizeRefusesParametersThatDoNotFit() {
    assertThrows(IllegalArgumentException.class, () -> new Normalize(0, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new Normalize(List.of(0.0), List.of(1.0, 1.0)));
  }

  @Test
  void composeAppliesFromFirstToLast() {
    Transform twice =
        (image, r) -> {
          float x = ((Image.Floats) image).pixels()[0];
          return new Image.Floats(new float[] {2 * x}, 1, 1, 1);
        };
    Image image = new Image.Floats(new float[] {3}, 1, 1, 1);
    Image result = new Compose(new Normalize(1, 1), twice).apply(image, random);
    assertArrayEquals(new float[] {4}, ((Image.Floats) result).pixels());
  }

  @Test
  void aTransformKeepsTheLabelOfAnExample() {
    Example example = new ToTensor().apply(new Example(dot(), 7), random);
    assertEquals(7, example.label());
    assertTrue(example.image() instanceof Image.Floats);
  }

  @Test
  void noTransformChangesItsInput() {
    Image.Bytes image = dot();
    byte[] before = image.pixels().clone();
    new Compose(
            new RandomRotation(90),
            new RandomAffine(30).translate(0.5, 0.5).scale(0.5, 2).shear(20, 20),
            new ToTensor(),
            new Normalize(0.5, 0.5))
        .apply(image, random);
    assertArrayEquals(before, image.pixels());
  }

  @Test
  void rotationTurnsCounterClockwise() {
    byte[] pixels = new byte[49];
    pixels[3 * 7 + 6] = 1; // the middle of the right edge
    Image image = new Image.Bytes(pixels, 1, 7, 7);
    Image turned =
        new RandomRotation(new Range(90, 90), Interpolation.NEAREST, 0).apply(image, random);
    assertEquals(List.of(3, 0), dotOf(turned));
  }

  @Test
  void affineTurnsClockwiseAsInTorchvision() {
    byte[] pixels = new byte[49];
    pixels[3 * 7 + 6] = 1;
    Image image = new Image.Bytes(pixels, 1, 7, 7);
    var affine = new RandomAffine(0);
    var turn =
        new RandomAffine(
            new Range(90, 90),
            0,
            0,
            affine.scale(),
            affine.shearX(),
            affine.shearY(),
            Interpolation.NEAREST,
            0);
    assertEquals(List.of(3, 6), dotOf(turn.apply(image, random)));
  }

  @Test
  void translationReachesEveryShiftWithinItsShareAndNoOther() {
    var shift = new RandomAffine(0).translate(2 / 7.0, 1 / 7.0);
    Set<List<Integer>> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      seen.add(dotOf(shift.apply(dot(), new ExampleRandom(0, 0, i))));
    }
    Set<List<Integer>> all = new HashSet<>();
    for (int x = 1; x <= 5; x++) {
      for (int y = 2; y <= 4; y++) {
        all.add(List.of(x, y));
      }
    }
    assertEquals(all, seen);
  }

  @Test
  void anglesSpreadEvenlyOverTheirRange() {
    int[] bins = new int[10];
    var range = new Range(-10, 10);
    for (int i = 0; i < 10_000; i++) {
      double angle = range.draw(new ExampleRandom(5, 3, i));
      bins[(int) ((angle + 10) / 2)]++;
    }
    // Each bin is binomial(10000, 0.1): six standard deviations are 180.
    assertTrue(Arrays.stream(bins).allMatch(n -> Math.abs(n - 1000) < 180), Arrays.toString(bins));
  }

  @Test
  void theSameGeneratorStateGivesTheSameImage() {
    var augment = new Compose(new RandomRotation(40), new RandomAffine(10).translate(0.2, 0.2));
    List<byte[]> results = new ArrayList<>();
    byte[] pixels = new byte[49];
    for (int i = 0; i < 49; i++) {
      pixels[i] = (byte) (5 * i);
    }
    for (int i = 0; i < 20; i++) {
      Image image = new Image.Bytes(pixels, 1, 7, 7);
      byte[] a = ((Image.Bytes) augment.apply(image, new ExampleRandom(9, 1, i))).pixels();
      byte[] b = ((Image.Bytes) augment.apply(image, new ExampleRandom(9, 1, i))).pixels();
      assertArrayEquals(a, b);
      results.add(a);
    }
    assertFalse(Arrays.equals(results.get(0), results.get(1)));
  }

  @Test
  void impossibleParametersAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new RandomRotation(-5));
    assertThrows(IllegalArgumentException.class, () -> new RandomAffine(0).translate(1.5, 0));
    assertThrows(IllegalArgumentException.class, () -> new RandomAffine(0).scale(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new RandomAffine(Double.NaN));
  }
}
