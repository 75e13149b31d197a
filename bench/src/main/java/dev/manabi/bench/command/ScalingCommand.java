package dev.manabi.bench.command;

import dev.manabi.bench.training.Match;
import dev.manabi.bench.training.Workload;
import dev.manabi.kernels.cpu.Parallel;
import dev.manabi.kernels.cpu.Roofline;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code manabi bench scaling}. */
@Command(
    name = "scaling",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Times training steps on one thread beside the same steps on all.",
    footer = {
      "",
      "Both trainings start from the same weights, see the same batches, and compute the same",
      "bits. Steps are timed in turn, and the median counts. What the machine itself gains by",
      "its other threads, in registers and in copying, is measured first."
    })
final class ScalingCommand implements Callable<Integer> {
  @Mixin private Common common;
  @Mixin private Repetition repetition;
  @Mixin private Workloads workloads;

  @Override
  public Integer call() {
    repetition.check(common);
    common.start();
    double flops = Roofline.fmaPeak();
    double bytes = Roofline.copyBandwidth();
    Parallel.setThreads(1);
    common.row(
        "- They do %.2f times the arithmetic of one, and copy %.2f times as fast",
        flops / Roofline.fmaPeak(), bytes / Roofline.copyBandwidth());
    common.heading(
        "%-8s %-16s %5s %12s %12s %7s",
        "model", "", "batch", "1 thread", common.threads() + " threads", "speedup");
    workloads.chosen().forEach(this::report);
    return 0;
  }

  private void report(Workload workload) {
    var match = new Match(workload);
    List<double[]> times =
        repetition.alternate(
            IntStream.of(1, common.threads())
                .mapToObj(threads -> contender(match.manabi(), threads))
                .toList());
    double one = 1e3 * Alternation.median(times.get(0));
    double all = 1e3 * Alternation.median(times.get(1));
    common
        .result()
        .put("model", workload.name())
        .put("one_thread_ms", one)
        .put("all_threads_ms", all)
        .put("speedup", one / all)
        .put("threads", common.threads())
        .put("class", workload.modelName())
        .put("batch", workload.batch())
        .put("steps", times.getFirst().length)
        .print(
            "%-8s %-16s %5d %9.2f ms %9.2f ms %7.2f",
            workload, workload.modelName(), workload.batch(), one, all, one / all);
  }

  private static Alternation.Contender contender(Match.Side side, int threads) {
    return Alternation.contender(
        () -> {
          Parallel.setThreads(threads);
          side.restart();
        },
        () -> {
          if (Parallel.threads() != threads) {
            Parallel.setThreads(threads);
          }
          side.step();
        });
  }
}
