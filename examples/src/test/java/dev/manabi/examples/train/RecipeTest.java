package dev.manabi.examples.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.data.Example;
import dev.manabi.data.ExampleRandom;
import dev.manabi.data.Image;
import dev.manabi.data.vision.Mnist;
import org.junit.jupiter.api.Test;

class RecipeTest {
  @Test
  void theCosineFallsFromTheFullRateToNothingInEveryEpoch() {
    assertEquals(1, Schedule.COSINE.factor(0), 1e-12);
    assertEquals(0.5, Schedule.COSINE.factor(0.5), 1e-12);
    assertEquals(0, Schedule.COSINE.factor(0.999999), 1e-9);
    assertEquals(1, Schedule.COSINE.factor(3), 1e-12);
    assertEquals(1, Schedule.CONSTANT.factor(2.7), 1e-12);
  }

  @Test
  void imagesAreNormalizedAsTheDocumentsDo() {
    Image.Bytes digit = Mnist.test().image(0);
    int ink = digit.pixels()[7 * 28 + 7] & 0xff;
    assertEquals(185, ink);
    assertEquals((185 / 255.0 - 0.1307) / 0.3081, normalized("mnist", digit), 1e-5);
    assertEquals((185 / 255.0 - 0.5) / 0.5, normalized("mlp", digit), 1e-5);
  }

  private static double normalized(String recipe, Image digit) {
    Example example =
        Recipe.named(recipe)
            .testTransform()
            .apply(new Example(digit, 7), new ExampleRandom(0, 0, 0));
    return ((Image.Floats) example.image()).pixels()[7 * 28 + 7];
  }
}
