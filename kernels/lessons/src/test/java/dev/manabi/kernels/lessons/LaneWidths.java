package dev.manabi.kernels.lessons;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The width of vectors is a constant of a JVM, so another width is another JVM. */
public final class LaneWidths {
  private LaneWidths() {}

  /** Runs a main method with vectors of at most so many bits, and fails if it throws. */
  public static void run(int bits, Class<?> program) throws Exception {
    Process p =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dmanabi.vector.bits=" + bits,
                "-cp",
                System.getProperty("java.class.path"),
                program.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, p.waitFor(), said);
  }
}
