package dev.manabi.bench;

import dev.manabi.bench.torch.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Says what the benchmarks run on. */
public final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** A Markdown list. */
  public static String describe() {
    return "- CPU: "
        + cpu()
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " processors\n- OS: "
        + String.join(
            " ", Stream.of("os.name", "os.version", "os.arch").map(System::getProperty).toList())
        + "\n- libtorch: "
        + (Torch.isAvailable() ? Torch.version() : "not for this platform")
        + '\n';
  }

  private static String cpu() {
    if (!Files.isReadable(CPU_INFO)) {
      return System.getProperty("os.arch");
    }
    try {
      List<String> lines = Files.readAllLines(CPU_INFO);
      List<String> flags = List.of(field(lines, "flags").split(" ", -1));
      String lanes =
          flags.contains("avx512f") ? " (AVX-512)" : flags.contains("avx2") ? " (AVX2)" : "";
      return field(lines, "model name") + lanes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String field(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}
