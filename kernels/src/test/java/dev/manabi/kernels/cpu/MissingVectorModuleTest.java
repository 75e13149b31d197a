package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** On the class path without the Vector API's module, all runs on the scalar kernels. */
class MissingVectorModuleTest {
  /** What the other JVM runs. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      Tensor x = Tensors.of(new float[] {1, 2, 3});
      System.out.println("sum " + x.mul(x).sum().item());
    }
  }

  @Test
  void oneLineNamesTheFlagAndScalarKernelsCompute() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                Program.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains("sum 14.0"), said);
    assertEquals(
        1,
        said.lines()
            .filter(line -> line.contains("--add-modules jdk.incubator.vector"))
            .filter(line -> line.contains("manabi: running on scalar kernels"))
            .count(),
        said);
  }
}
