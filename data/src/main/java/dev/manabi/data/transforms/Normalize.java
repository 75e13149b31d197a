package dev.manabi.data.transforms;

import dev.manabi.data.Image;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * {@code (x - mean) / std} for each channel; comes after {@link ToTensor}.
 *
 * @param mean one value per channel
 * @param std one value per channel, above 0
 */
public record Normalize(List<Double> mean, List<Double> std) implements Transform {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if they differ in length, are empty or a std is not above 0
   */
  public Normalize {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.isEmpty() || mean.size() != std.size() || std.stream().anyMatch(s -> !(s > 0))) {
      throw new IllegalArgumentException(
          """
          Normalize: mean and std do not fit
            mean %s    std %s
            fix: give one mean and one std above 0 per channel\
          """
              .formatted(mean, std));
    }
  }

  /** For images of one channel. */
  public Normalize(double mean, double std) {
    this(List.of(mean), List.of(std));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the image has another number of channels or is of bytes
   */
  @Override
  public Image apply(Image image, RandomGenerator random) {
    return switch (image) {
      case Image.Floats floats -> normalize(floats);
      case Image.Bytes bytes ->
          throw new IllegalArgumentException(
              """
              Normalize: the image is of bytes
                image %s u8
                fix: put ToTensor before Normalize\
              """
                  .formatted(bytes.shape()));
    };
  }

  private Image normalize(Image.Floats image) {
    if (image.channels() != mean.size()) {
      throw new IllegalArgumentException(
          """
          Normalize: the image has %d channels, mean and std have %d
            image %s f32    mean %s    std %s
            fix: give one mean and one std per channel\
          """
              .formatted(image.channels(), mean.size(), image.shape(), mean, std));
    }
    float[] from = image.pixels();
    float[] to = new float[from.length];
    int plane = image.height() * image.width();
    for (int c = 0; c < image.channels(); c++) {
      float m = mean.get(c).floatValue();
      float s = std.get(c).floatValue();
      normalizePlane(from, to, c * plane, (c + 1) * plane, m, s);
    }
    return new Image.Floats(to, image.channels(), image.height(), image.width());
  }

  private static void normalizePlane(
      float[] from, float[] to, int start, int end, float mean, float std) {
    for (int i = start; i < end; i++) {
      to[i] = (from[i] - mean) / std;
    }
  }
}
