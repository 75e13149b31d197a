package dev.manabi.bench.command;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How often something is timed. */
final class Repetition {
  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "how often each side is timed (20 to 300, by the time it takes)")
  private @Nullable Integer steps;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description =
          "that each side runs before at least, and on until it gets no faster (${DEFAULT-VALUE})",
      defaultValue = "12")
  private double warmUp;

  /** Refuses what makes no sense. */
  void check(Common common) {
    common.requireAtLeast(1, "--steps", steps);
  }

  /** The seconds of every counted step of each contender. */
  List<double[]> alternate(List<Alternation.Contender> contenders) {
    return new Alternation(contenders, steps, warmUp).run();
  }
}
