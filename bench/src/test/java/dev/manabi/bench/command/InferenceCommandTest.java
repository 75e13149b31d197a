package dev.manabi.bench.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.bench.torch.Torch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InferenceCommandTest {
  /** The command itself compares the outputs. */
  @Test
  void bothModelsGiveTheSameInBothEngines() {
    assumeTrue(Torch.isAvailable(), "the comparisons are for x86-64 Linux only");
    var out = new StringWriter();
    var err = new StringWriter();
    CommandLine commands = Main.commandLine();
    commands.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    String[] args = {"inference", "--batch", "1,2", "--steps", "1", "--warm-up", "0", "--json"};
    assertEquals(0, commands.execute(args), err.toString());
    List<JsonNode> lines = out.toString().lines().map(new JsonMapper()::readTree).toList();
    assertEquals(
        List.of("M5 1", "M5 2", "RESNET18 1", "RESNET18 2"),
        lines.stream()
            .map(line -> line.get("model").asString() + " " + line.get("batch").asInt())
            .toList());
    for (JsonNode line : lines) {
      double ratio = line.get("ours_ms").asDouble() / line.get("onnxruntime_ms").asDouble();
      assertEquals(ratio, line.get("ratio").asDouble(), 1e-9);
      assertTrue(line.get("output_difference").asDouble() < 1e-4);
    }
  }
}
