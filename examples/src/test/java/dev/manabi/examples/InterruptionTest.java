package dev.manabi.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.data.formats.SafeTensors;
import dev.manabi.examples.train.Checkpoint;
import dev.manabi.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The whole program in a JVM of its own, sent what Ctrl-C sends. */
@DisabledOnOs(OS.WINDOWS)
class InterruptionTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir Path folder;

  private Process start(Path log, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /**
   * Whether this JVM ignores SIGINT, and so do those that it starts: a shell without a terminal has
   * what it starts in the background do so. SIGTERM stops the program the same way.
   */
  private static boolean interruptsAreIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("SigIgn:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 0b10) != 0;
      }
    }
    return false;
  }

  private static int end(Process process) throws InterruptedException {
    assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS), "did not end");
    return process.exitValue();
  }

  private static void awaitText(Path log, String text, Process process) throws Exception {
    Assertions.assertTimeoutPreemptively(
        LIMIT,
        () -> {
          while (!Files.readString(log).contains(text)) {
            assertTrue(process.isAlive(), () -> "ended early: " + content(log));
            Thread.sleep(20);
          }
        });
  }

  private static String content(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void controlCLeavesACheckpointFromWhichTheRunEndsAsIfLeftAlone() throws Exception {
    Path log = folder.resolve("log.txt");
    Path broken = folder.resolve("broken");
    String[] run = {
      "train", "mlp", "--epochs", "2", "--batch", "1", "--train-size", "3000", "--test-size", "100"
    };
    Process first = start(log, with(run, "--out", broken.toString()));
    awaitText(log, "Batch 100/3000", first);
    boolean term = interruptsAreIgnored();
    new ProcessBuilder("kill", term ? "-TERM" : "-INT", "" + first.pid()).start().waitFor();
    assertEquals(128 + (term ? 15 : 2), end(first), content(log));
    assertTrue(content(log).contains("--resume"), content(log));

    var progress = Checkpoint.load(broken.resolve("last.safetensors")).progress();
    assertEquals(0, progress.epoch());
    assertTrue(progress.batch() >= 100 && progress.batch() <= 3000, progress.toString());

    Process second = start(log, "train", "mlp", "--resume", "--out", broken.toString());
    assertEquals(0, end(second), content(log));
    Path straight = folder.resolve("straight");
    Process third = start(log, with(run, "--out", straight.toString()));
    assertEquals(0, end(third), content(log));

    Map<String, Tensor> expected = SafeTensors.load(straight.resolve("last.safetensors"));
    Map<String, Tensor> actual = SafeTensors.load(broken.resolve("last.safetensors"));
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach(
        (name, tensor) ->
            assertArrayEquals(tensor.toDoubleArray(), actual.get(name).toDoubleArray(), name));
  }

  private static String[] with(String[] args, String... more) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of(more));
    return all.toArray(new String[0]);
  }
}
