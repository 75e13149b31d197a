package dev.manabi.data.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.json.JsonFactory;

/** Kills a program that saves in a loop, again and again: its file must always be a whole one. */
class SafeTensorsKillTest {
  private static final int SIZE = 1 << 20;
  private static final int KILLS_WHILE_SAVING = 5;

  /** Saves for ever: tensors full of 0, of 1, of 2 .. with that number in the metadata. */
  static final class Saver {
    private Saver() {}

    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]);
      for (int step = 0; true; step++) {
        float[] values = new float[SIZE];
        Arrays.fill(values, step);
        Map<String, String> metadata = Map.of("step", "" + step);
        SafeTensors.save(file, Map.of("values", Tensors.of(values)), metadata);
        System.out.write('.');
        System.out.flush();
      }
    }
  }

  @TempDir Path folder;

  @Test
  @Timeout(300)
  void theFileIsWholeWheneverTheSaverIsKilled() throws Exception {
    Path file = folder.resolve("checkpoint.safetensors");
    var random = new Random(1);
    // A kill between two saves shows nothing; one in the middle leaves its temporary file.
    while (leftovers() < KILLS_WHILE_SAVING) {
      Process saver = start(file);
      assertEquals('.', saver.getInputStream().read(), "the saver did not save");
      Thread.sleep(random.nextInt(50));
      assertTrue(saver.isAlive(), "the saver ended by itself");
      saver.destroyForcibly().waitFor();
      assertWhole(file);
    }
  }

  private static Process start(Path file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath(),
            Saver.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Where the classes that the saver needs were loaded from. */
  private static String classPath() {
    return Stream.of(Saver.class, SafeTensors.class, Tensors.class, JsonFactory.class)
        .map(
            type ->
                Path.of(URI.create("" + type.getProtectionDomain().getCodeSource().getLocation())))
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private long leftovers() throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(path -> path.toString().endsWith(".tmp")).count();
    }
  }

  private static void assertWhole(Path file) {
    Tensor values = SafeTensors.load(file).get("values");
    float step = Float.parseFloat(SafeTensors.metadata(file).get("step"));
    float[] expected = new float[SIZE];
    Arrays.fill(expected, step);
    assertTrue(Arrays.equals(expected, values.toFloatArray()), "not all values are " + step);
  }
}
