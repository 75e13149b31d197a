package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.run.Backends;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a program on the class path sees with and without the flags. */
class WithoutVectorApiTest {
  /** The program: two ops, and the backend that ran them. */
  static final class Program {
    public static void main(String[] args) {
      System.out.println(Tensors.ones(2, 3).matmul(Tensors.ones(3, 1)).sum().item());
      System.out.println(Backends.of(Device.CPU).name());
    }
  }

  private static String run(String... flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
    Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, p.waitFor(), said);
    return said;
  }

  @Test
  void oneLineNamesTheFlagAndTheScalarKernelsRun() throws Exception {
    assertEquals(
        """
        manabi: running on scalar kernels; add --add-modules jdk.incubator.vector for SIMD
        6.0
        reference
        """,
        run());
  }

  @Test
  void theSimdKernelsRunWithTheFlags() throws Exception {
    assertEquals(
        """
        WARNING: Using incubator modules: jdk.incubator.vector
        6.0
        cpu
        """,
        run("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
  }
}
