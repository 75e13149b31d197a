package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.nn.Linear;
import dev.manabi.tensor.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who asks for no GPU pays nothing for this module and hears nothing of it. */
class StartUpTest {
  /** What a program on the CPU does: an op, a gradient, a layer. */
  static final class CpuProgram {
    private CpuProgram() {}

    public static void main(String[] args) {
      new Linear(3, 2).apply(Tensors.ones(4, 3)).sum().backward();
    }
  }

  @Test
  void aProgramOnTheCpuLoadsNothingOfCuda(@TempDir Path folder) throws Exception {
    Path classes = folder.resolve("classes");
    Path said = folder.resolve("said");
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xlog:disable",
                "-Xlog:class+load:file=" + classes,
                "-Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp")),
                "-cp",
                System.getProperty("java.class.path"),
                CpuProgram.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertEquals(0, program.waitFor(), read(said));
    List<String> loaded =
        read(classes)
            .lines()
            .filter(line -> line.contains(" jcuda.") || line.contains(".kernels.cuda.driver."))
            .toList();
    assertEquals(List.of(), loaded);
    assertTrue(read(classes).contains(" dev.manabi.nn.Linear "), "nothing was loaded at all");
    // The JVM itself tells of the incubator module.
    List<String> lines =
        read(said).lines().filter(line -> !line.contains("incubator modules")).toList();
    assertEquals(List.of(), lines);
    try (var left = Files.list(folder.resolve("tmp"))) {
      assertEquals(List.of(), left.filter(f -> f.toString().contains("manabi-cuda")).toList());
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
