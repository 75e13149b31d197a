package dev.manabi.bench.command;

import dev.manabi.bench.training.Match;
import dev.manabi.bench.training.Workload;
import dev.manabi.kernels.cpu.Parallel;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code manabi bench steps}. */
@Command(
    name = "steps",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Times training steps beside libtorch's.",
    footer = {
      "",
      "Both train the same model from the same weights on the same batches; their losses are",
      "compared before anything is timed. Steps are timed in turn, and the median counts.",
      "libtorch multiplies with MKL, keeps the memory it frees, and is run with images and",
      "weights in N,C,H,W and in N,H,W,C order; its faster order counts. A ratio below 1",
      "means that manabi is faster.",
      "",
      "M1, M2 and M4 see the digits of MNIST, the others noise of the shape of CIFAR-10."
    })
final class StepsCommand implements Callable<Integer> {
  @Mixin private Common common;
  @Mixin private Repetition repetition;
  @Mixin private Workloads workloads;

  @Override
  public Integer call() {
    repetition.check(common);
    common.start();
    common.heading(
        "%-8s %-16s %5s  %-12s %10s %10s %6s  %s",
        "model", "", "batch", "optimizer", "manabi", "libtorch", "ratio", "libtorch's layout");
    for (Workload workload : workloads.chosen()) {
      report(workload);
    }
    return 0;
  }

  private void report(Workload workload) {
    var match = new Match(workload);
    double difference = match.checkLosses();
    List<Match.Side> sides =
        List.of(match.manabi(), match.libtorchRowMajor(), match.libtorchChannelsLast());
    List<double[]> times =
        repetition.alternate(
            sides.stream().map(side -> Alternation.contender(side::restart, side::step)).toList());
    double ours = 1e3 * Alternation.median(times.get(0));
    double rowMajor = 1e3 * Alternation.median(times.get(1));
    double channelsLast = 1e3 * Alternation.median(times.get(2));
    double theirs = Math.min(rowMajor, channelsLast);
    common
        .result()
        .put("model", workload.name())
        .put("ours_ms", ours)
        .put("libtorch_ms", theirs)
        .put("ratio", ours / theirs)
        .put("class", workload.modelName())
        .put("batch", workload.batch())
        .put("threads", Parallel.threads())
        .put("images", workload.images().name())
        .put("steps", times.getFirst().length)
        .put("libtorch_row_major_ms", rowMajor)
        .put("libtorch_channels_last_ms", channelsLast)
        .put("loss_difference", difference)
        .print(
            "%-8s %-16s %5d  %-12s %7.2f ms %7.2f ms %6.2f  %s",
            workload,
            workload.modelName(),
            workload.batch(),
            workload.update(),
            ours,
            theirs,
            ours / theirs,
            rowMajor < channelsLast ? "N,C,H,W" : "N,H,W,C");
  }
}
