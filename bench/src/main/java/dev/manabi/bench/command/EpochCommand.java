package dev.manabi.bench.command;

import dev.manabi.bench.training.Epoch;
import dev.manabi.bench.training.Epoch.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code manabi bench epoch}. */
@Command(
    name = "epoch",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Times an epoch of MNISTNet (M2) from the start of the JVM, beside libtorch's.",
    footer = {
      "",
      "Each engine trains in a JVM of its own, one after another: the 60,000 digits in batches",
      "of 64, shuffled and normalised by the same loader, with Adam. The time runs from the",
      "start of the process to the end of the epoch: loading libraries and just-in-time",
      "compilation are part of it. libtorch is run with both orders of its tensors, and the",
      "faster counts. A ratio below 1 means that manabi is faster."
    })
final class EpochCommand implements Callable<Integer> {
  private static final int ALL_IMAGES = 60_000;

  @Mixin private Common common;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "train on the first N images only",
      defaultValue = "" + ALL_IMAGES)
  private int images;

  /**
   * One epoch.
   *
   * @param seconds from the start of its process
   * @param loop seconds of the loop over its batches
   * @param loss its mean
   */
  private record Run(double seconds, double loop, double loss) {}

  @Override
  public Integer call() {
    common.requireAtLeast(1, "--images", images);
    common.start();
    Map<Engine, Run> runs = new EnumMap<>(Engine.class);
    common.heading("%-24s %10s %10s %10s", "", "seconds", "of it loop", "mean loss");
    for (Engine engine : Engine.values()) {
      Run run = run(engine);
      runs.put(engine, run);
      common.row("%-24s %10.2f %10.2f %10.4f", engine, run.seconds, run.loop, run.loss);
    }
    Run ours = runs.get(Engine.MANABI);
    double theirs =
        Math.min(
            runs.get(Engine.LIBTORCH_ROW_MAJOR).seconds,
            runs.get(Engine.LIBTORCH_CHANNELS_LAST).seconds);
    double loop =
        Math.min(
            runs.get(Engine.LIBTORCH_ROW_MAJOR).loop, runs.get(Engine.LIBTORCH_CHANNELS_LAST).loop);
    common
        .result()
        .put("model", "M2")
        .put("ours_s", ours.seconds)
        .put("libtorch_s", theirs)
        .put("ratio", ours.seconds / theirs)
        .put("images", images)
        .put("threads", common.threads())
        .put("ours_loop_s", ours.loop)
        .put("libtorch_loop_s", loop)
        .put("ours_loss", ours.loss)
        .put("libtorch_loss", runs.get(Engine.LIBTORCH_CHANNELS_LAST).loss)
        .print("%nratio %.2f (of the loops alone %.2f)", ours.seconds / theirs, ours.loop / loop);
    return 0;
  }

  private Run run(Engine engine) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Epoch.class.getName()));
    command.addAll(List.of(engine.name(), "" + common.threads(), "" + images));
    long start = System.nanoTime();
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        String line = out.readLine();
        double seconds = 1e-9 * (System.nanoTime() - start);
        if (line == null || process.waitFor() != 0) {
          throw new IllegalStateException(
              "bench: the process of " + engine + " failed: " + String.join(" ", command));
        }
        String[] numbers = line.split(" ", -1);
        return new Run(seconds, Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("bench: interrupted", e);
    }
  }
}
