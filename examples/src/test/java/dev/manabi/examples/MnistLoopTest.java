package dev.manabi.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.data.Datasets;
import dev.manabi.data.vision.Mnist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MnistLoopTest {
  @Test
  void twoThousandImagesAreEnoughForEightyFivePercent() {
    double accuracy =
        MnistLoop.train(Datasets.take(Mnist.train(), 2000), Datasets.take(Mnist.test(), 500), 2);
    assertTrue(accuracy > 0.85, "accuracy " + accuracy);
  }

  @Test
  void theLoopFitsOnOneScreen() throws IOException {
    Path module = Path.of("").toAbsolutePath();
    Path file =
        (module.endsWith("examples") ? module : module.resolve("examples"))
            .resolve("src/main/java/dev/manabi/examples/MnistLoop.java");
    long lines =
        Files.readAllLines(file).stream()
            .dropWhile(line -> !line.startsWith("public final class"))
            .count();
    assertTrue(lines <= 60, lines + " lines");
  }
}
