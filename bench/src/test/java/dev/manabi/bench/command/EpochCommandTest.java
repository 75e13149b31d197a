package dev.manabi.bench.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.bench.torch.Torch;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EpochCommandTest {
  @Test
  void everyEngineTrainsFromTheStartOfItsProcess() {
    assumeTrue(Torch.isAvailable(), "libtorch's libraries are here for x86-64 Linux only");
    var out = new StringWriter();
    var err = new StringWriter();
    CommandLine commands = Main.commandLine();
    commands.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    assertEquals(0, commands.execute("epoch", "--images", "130", "--json"), err.toString());
    JsonNode line = new JsonMapper().readTree(out.toString());
    assertTrue(line.get("ours_s").asDouble() > line.get("ours_loop_s").asDouble());
    assertTrue(line.get("libtorch_s").asDouble() > line.get("libtorch_loop_s").asDouble());
    // Three steps from the same weights; only dropout differs.
    assertEquals(line.get("libtorch_loss").asDouble(), line.get("ours_loss").asDouble(), 0.2);
  }
}
