package dev.manabi.data.vision;

import dev.manabi.data.Dataset;
import dev.manabi.data.Example;
import dev.manabi.data.Image;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** Labelled images of one size, held in memory as bytes. */
public final class LabeledImages implements Dataset<Example> {
  private final byte[] pixels;
  private final byte[] labels;
  private final int channels;
  private final int height;
  private final int width;
  private final List<String> classNames;

  /**
   * Wraps the arrays, which must not be changed afterwards.
   *
   * @param pixels {@code [N, C, H, W]} values in row-major order
   * @param labels N class indices, below the number of names
   * @throws IllegalArgumentException if the sizes do not fit or a label has no name
   */
  public LabeledImages(
      byte[] pixels, byte[] labels, int channels, int height, int width, List<String> classNames) {
    if ((long) labels.length * channels * height * width != pixels.length) {
      throw new IllegalArgumentException(
          "labeled images: %,d pixels do not fill [N=%d, C=%d, H=%d, W=%d]"
              .formatted(pixels.length, labels.length, channels, height, width));
    }
    for (byte label : labels) {
      if ((label & 0xff) >= classNames.size()) {
        throw new IllegalArgumentException(
            "labeled images: label " + (label & 0xff) + ", but classes are " + classNames);
      }
    }
    this.pixels = pixels;
    this.labels = labels;
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.classNames = List.copyOf(classNames);
  }

  @Override
  public int size() {
    return labels.length;
  }

  /** Nothing here is random. */
  @Override
  public Example get(int index, RandomGenerator random) {
    return new Example(image(index), label(index));
  }

  /** The image at {@code index}. */
  public Image.Bytes image(int index) {
    Objects.checkIndex(index, size());
    int size = channels * height * width;
    byte[] copy = Arrays.copyOfRange(pixels, index * size, (index + 1) * size);
    return new Image.Bytes(copy, channels, height, width);
  }

  /** The class index of the image at {@code index}. */
  public int label(int index) {
    return labels[index] & 0xff;
  }

  /** The name of each class, by its index. */
  public List<String> classNames() {
    return classNames;
  }

  /** How many images each class has, by its index. */
  public int[] classCounts() {
    int[] counts = new int[classNames.size()];
    for (int i = 0; i < size(); i++) {
      counts[label(i)]++;
    }
    return counts;
  }
}
