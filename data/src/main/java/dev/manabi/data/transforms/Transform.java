package dev.manabi.data.transforms;

import dev.manabi.data.Example;
import dev.manabi.data.Image;
import dev.manabi.data.RandomFunction;
import java.util.random.RandomGenerator;

/**
 * Makes an image from an image; {@code dataset.map(transform)} applies it to every example.
 *
 * <p>A transform never changes the image it is given, keeps no state, and draws from the generator
 * it is given and nowhere else. So it may be shared by threads, and its result depends on the image
 * and the generator only. A lambda of an image and a generator is a transform, too.
 */
public interface Transform extends RandomFunction<Example, Example> {
  /** The transformed image. */
  Image apply(Image image, RandomGenerator random);

  /** The example with its image transformed and its label kept. */
  @Override
  default Example apply(Example example, RandomGenerator random) {
    return new Example(apply(example.image(), random), example.label());
  }
}
