package dev.manabi.data.transforms;

import dev.manabi.data.Image;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Transforms applied one after another.
 *
 * @param transforms the first is applied first
 */
public record Compose(List<Transform> transforms) implements Transform {
  /** Copies the list. */
  public Compose {
    transforms = List.copyOf(transforms);
  }

  /** These transforms, the first applied first. */
  public Compose(Transform... transforms) {
    this(List.of(transforms));
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    Image result = image;
    for (Transform transform : transforms) {
      result = transform.apply(result, random);
    }
    return result;
  }
}
