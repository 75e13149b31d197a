package dev.manabi.bench.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.bench.torch.Torch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StepsCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void needsLibtorch() {
    assumeTrue(Torch.isAvailable(), "libtorch's libraries are here for x86-64 Linux only");
  }

  private int run(String... args) {
    CommandLine commands = Main.commandLine();
    commands.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return commands.execute(args);
  }

  @Test
  void aLineOfJsonTellsBothTimesAndTheirRatio() {
    int code = run("steps", "--model", "m1", "--steps", "2", "--warm-up", "0", "--json");
    assertEquals(0, code, err.toString());
    JsonNode line = new JsonMapper().readTree(out.toString());
    assertEquals(
        List.of("model", "ours_ms", "libtorch_ms", "ratio"),
        line.propertyNames().stream().limit(4).toList());
    assertEquals("M1", line.get("model").asString());
    assertEquals(2, line.get("steps").asInt());
    double ratio = line.get("ours_ms").asDouble() / line.get("libtorch_ms").asDouble();
    assertEquals(ratio, line.get("ratio").asDouble(), 1e-9);
    assertEquals(1, out.toString().lines().count(), "only the results are on the output");
    assertTrue(err.toString().startsWith("- CPU: "), "the machine is told beside them");
  }

  @Test
  void theTableHasARowForEachModel() {
    int code = run("steps", "--model", "M1,LeNet5", "--steps=1", "--warm-up=0", "--threads=1");
    assertEquals(0, code, err.toString());
    List<String> lines = out.toString().lines().toList();
    assertTrue(out.toString().contains("- Threads: 1, which together do "), out.toString());
    assertTrue(lines.get(lines.size() - 2).startsWith("M1       MNISTClassifier "), out.toString());
    assertTrue(lines.getLast().startsWith("M4       LeNet5 "), out.toString());
  }

  @Test
  void anUnknownModelIsRefusedWithTheNamesOfAll() {
    assertEquals(2, run("steps", "--model", "M99"));
    assertTrue(err.toString().contains("no model 'M99'; there are M1 (MNISTClassifier), M2"));
  }

  @Test
  void noStepsAreRefused() {
    assertEquals(2, run("steps", "--steps", "0"));
    assertTrue(err.toString().contains("--steps must be at least 1, found 0"), err.toString());
  }
}
