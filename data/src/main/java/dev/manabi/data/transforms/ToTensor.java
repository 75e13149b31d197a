package dev.manabi.data.transforms;

import dev.manabi.data.Image;
import java.util.random.RandomGenerator;

/**
 * Turns bytes 0 to 255 into floats 0 to 1, the values a network takes; images of floats pass
 * unchanged. The loader then makes one f32 tensor {@code [N, C, H, W]} of a batch of such images.
 */
public record ToTensor() implements Transform {
  @Override
  public Image apply(Image image, RandomGenerator random) {
    return switch (image) {
      case Image.Floats floats -> floats;
      case Image.Bytes bytes -> toFloats(bytes);
    };
  }

  private static Image toFloats(Image.Bytes image) {
    byte[] from = image.pixels();
    float[] to = new float[from.length];
    for (int i = 0; i < from.length; i++) {
      to[i] = (from[i] & 0xff) / 255f;
    }
    return new Image.Floats(to, image.channels(), image.height(), image.width());
  }
}
