package dev.manabi.data.transforms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.data.Image;
import org.junit.jupiter.api.Test;

/** Compares with values that Pillow 9.4 computes (what torchvision calls for PIL images). */
class WarpTest {
  private static final int WIDTH = 6;
  private static final int HEIGHT = 5;

  /** Value 40 y + 7 x + 1 at (x, y). */
  private static Image.Bytes bytes() {
    byte[] pixels = new byte[WIDTH * HEIGHT];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (40 * (i / WIDTH) + 7 * (i % WIDTH) + 1);
    }
    return new Image.Bytes(pixels, 1, HEIGHT, WIDTH);
  }

  private static Image.Floats floats() {
    byte[] from = bytes().pixels();
    float[] pixels = new float[from.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = from[i] & 0xff;
    }
    return new Image.Floats(pixels, 1, HEIGHT, WIDTH);
  }

  private static int[] values(Image image) {
    byte[] pixels = ((Image.Bytes) image).pixels();
    int[] values = new int[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = pixels[i] & 0xff;
    }
    return values;
  }

  private static Affine centred(Affine map) {
    return map.about(WIDTH / 2.0, HEIGHT / 2.0);
  }

  private static Affine sheared() {
    Affine map = centred(RandomAffine.map(20, Affine.shear(10, 5), 1.25));
    return Affine.translation(1, -1).after(map);
  }

  @Test
  void nearestRotationEqualsPillow() {
    int[] expected = {
      0, 15, 22, 69, 76, 0, 8, 15, 62, 62, 109, 116, 41, 48, 95, 102, 149, 156, 81, 88, 135, 135,
      182, 189, 0, 121, 128, 175, 182, 0
    };
    Image turned = Warp.apply(bytes(), centred(Affine.rotation(-30)), Interpolation.NEAREST, 0);
    assertArrayEquals(expected, values(turned));
  }

  @Test
  void uncoveredCornersGetTheFillValue() {
    int[] expected = {
      161, 121, 81, 48, 8, 9, 168, 128, 88, 55, 15, 9, 175, 135, 95, 102, 62, 22, 9, 182, 142, 109,
      69, 29, 9, 189, 149, 116, 76, 36
    };
    Image turned = Warp.apply(bytes(), centred(Affine.rotation(75)), Interpolation.NEAREST, 9);
    assertArrayEquals(expected, values(turned));
  }

  @Test
  void nearestAffineEqualsPillow() {
    int[] expected = {
      81, 81, 88, 55, 55, 62, 121, 128, 88, 95, 102, 109, 161, 128, 135, 142, 142, 109, 168, 175,
      175, 182, 149, 149, 3, 3, 3, 182, 189, 196
    };
    assertArrayEquals(expected, values(Warp.apply(bytes(), sheared(), Interpolation.NEAREST, 3)));
  }

  @Test
  void bilinearRotationEqualsPillow() {
    float[] expected = {
      0, 16.407f, 23.187f, 49.249f, 75.311f, 0, 6.845f, 28.266f, 54.328f, 80.39f, 106.452f,
      131.359f, 33.345f, 59.407f, 85.469f, 111.531f, 137.593f, 163.655f, 65.641f, 90.548f, 116.61f,
      142.672f, 168.734f, 190.155f, 0, 121.689f, 147.751f, 173.813f, 180.593f, 0
    };
    Image turned = Warp.apply(floats(), centred(Affine.rotation(-30)), Interpolation.BILINEAR, 0);
    assertArrayEquals(expected, ((Image.Floats) turned).pixels(), 6e-4f);
  }

  @Test
  void bilinearAffineEqualsPillow() {
    float[] expected = {
      79.071f, 72.87f, 69.562f, 66.254f, 62.946f, 59.637f, 110.098f, 106.77f, 103.462f, 100.154f,
      96.846f, 93.538f, 143.979f, 140.671f, 137.363f, 134.054f, 130.746f, 127.438f, 166.725f,
      171.731f, 171.263f, 167.955f, 164.647f, 161.339f, 3, 3, 3, 184.615f, 189.621f, 194.627f
    };
    Image moved = Warp.apply(floats(), sheared(), Interpolation.BILINEAR, 3);
    assertArrayEquals(expected, ((Image.Floats) moved).pixels(), 6e-4f);
  }

  @Test
  void bytesAreInterpolatedAsFloatsAndRounded() {
    Image moved = Warp.apply(bytes(), sheared(), Interpolation.BILINEAR, 3);
    float[] exact =
        ((Image.Floats) Warp.apply(floats(), sheared(), Interpolation.BILINEAR, 3)).pixels();
    int[] found = values(moved);
    for (int i = 0; i < found.length; i++) {
      assertEquals(Math.round(exact[i]), found[i]);
    }
  }

  @Test
  void everyChannelMovesAlike() {
    byte[] one = bytes().pixels();
    byte[] two = new byte[2 * one.length];
    System.arraycopy(one, 0, two, 0, one.length);
    System.arraycopy(one, 0, two, one.length, one.length);
    Affine map = centred(Affine.rotation(33));
    int[] alone = values(Warp.apply(bytes(), map, Interpolation.NEAREST, 0));
    int[] both =
        values(Warp.apply(new Image.Bytes(two, 2, HEIGHT, WIDTH), map, Interpolation.NEAREST, 0));
    for (int i = 0; i < both.length; i++) {
      assertEquals(alone[i % alone.length], both[i]);
    }
  }

  @Test
  void aShiftMovesWholePixels() {
    Image moved = Warp.apply(bytes(), Affine.translation(2, -1), Interpolation.NEAREST, 0);
    int[] expected = new int[WIDTH * HEIGHT];
    for (int y = 0; y < HEIGHT - 1; y++) {
      for (int x = 2; x < WIDTH; x++) {
        expected[y * WIDTH + x] = 40 * (y + 1) + 7 * (x - 2) + 1;
      }
    }
    assertArrayEquals(expected, values(moved));
  }
}
