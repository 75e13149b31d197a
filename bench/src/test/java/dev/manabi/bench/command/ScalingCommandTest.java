package dev.manabi.bench.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.bench.torch.Torch;
import dev.manabi.kernels.cpu.Parallel;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ScalingCommandTest {
  private final int threads = Parallel.threads();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void needsLibtorch() {
    assumeTrue(Torch.isAvailable(), "libtorch's libraries are here for x86-64 Linux only");
  }

  @AfterEach
  void asBefore() {
    Parallel.setThreads(threads);
  }

  private void run(String... args) {
    CommandLine commands = Main.commandLine();
    commands.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    assertEquals(0, commands.execute(args), err.toString());
  }

  @Test
  void aLineOfJsonTellsBothTimesAndTheSpeedup() {
    run("scaling", "--model=M1", "--steps=2", "--warm-up=0", "--threads=2", "--json");
    JsonNode line = new JsonMapper().readTree(out.toString());
    double speedup = line.get("one_thread_ms").asDouble() / line.get("all_threads_ms").asDouble();
    assertEquals(speedup, line.get("speedup").asDouble(), 1e-9);
    assertEquals(2, line.get("threads").asInt());
    assertEquals("M1", line.get("model").asString());
  }

  @Test
  void theTableSaysWhatTheMachineGains() {
    run("scaling", "--model=M1", "--steps=1", "--warm-up=0", "--threads=2");
    assertTrue(out.toString().contains("- They do "), out.toString());
    assertTrue(out.toString().contains("2 threads speedup"), out.toString());
    assertTrue(out.toString().lines().toList().getLast().startsWith("M1       MNISTClassifier "));
  }
}
