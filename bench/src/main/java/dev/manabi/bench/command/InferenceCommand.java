package dev.manabi.bench.command;

import dev.manabi.bench.Agreement;
import dev.manabi.bench.onnx.OnnxNet;
import dev.manabi.bench.onnx.OnnxSession;
import dev.manabi.kernels.cpu.Parallel;
import dev.manabi.nn.BatchNormFolding;
import dev.manabi.nn.Module;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code manabi bench inference}. */
@Command(
    name = "inference",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Times inference beside ONNX Runtime's.",
    footer = {
      "",
      "Both run the same weights, with batch norms folded into the convolutions, on the same",
      "images of noise; their outputs are compared before anything is timed. Runs are timed",
      "in turn, and the median counts. A ratio below 1 means that manabi is faster."
    })
final class InferenceCommand implements Callable<Integer> {
  private static final double TOLERANCE = 1e-4;

  @Mixin private Common common;
  @Mixin private Repetition repetition;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      split = ",",
      description = "${COMPLETION-CANDIDATES} (all)")
  private OnnxNet @Nullable [] models;

  @Option(names = "--batch", paramLabel = "N", split = ",", description = "images at a time (1,32)")
  private int[] batches = {1, 32};

  @Override
  public Integer call() {
    repetition.check(common);
    for (int batch : batches) {
      common.requireAtLeast(1, "--batch", batch);
    }
    common.start();
    common.row("- ONNX Runtime: %s", OnnxSession.version());
    common.heading("%-8s %5s %12s %12s %6s", "model", "batch", "manabi", "ONNX Runtime", "ratio");
    for (OnnxNet net : models == null ? OnnxNet.values() : models) {
      Tensors.manualSeed(1);
      Module model = net.model();
      learnStatistics(model);
      BatchNormFolding.fold(model, Tensors.randn(2, 3, 32, 32));
      for (int batch : batches) {
        report(net, model, batch);
      }
    }
    return 0;
  }

  /** Lets the running statistics move, so that there is something to fold. */
  private static void learnStatistics(Module model) {
    GradMode.noGrad(() -> model.apply(Tensors.randn(16, 3, 32, 32)));
  }

  private void report(OnnxNet net, Module model, int batch) {
    Tensor images = Tensors.randn(batch, 3, 32, 32);
    try (var session = new OnnxSession(net.graph(model), images, common.threads())) {
      double difference =
          Agreement.check(
              net + " on " + batch, infer(model, images), session.run(), TOLERANCE, "ONNX Runtime");
      List<double[]> times =
          repetition.alternate(
              List.of(
                  Alternation.contender(() -> {}, () -> infer(model, images)),
                  Alternation.contender(() -> {}, session::run)));
      double ours = 1e3 * Alternation.median(times.get(0));
      double theirs = 1e3 * Alternation.median(times.get(1));
      common
          .result()
          .put("model", net.name())
          .put("batch", batch)
          .put("ours_ms", ours)
          .put("onnxruntime_ms", theirs)
          .put("ratio", ours / theirs)
          .put("threads", Parallel.threads())
          .put("runs", times.getFirst().length)
          .put("output_difference", difference)
          .print("%-8s %5d %9.2f ms %9.2f ms %6.2f", net, batch, ours, theirs, ours / theirs);
    }
  }

  private static float[] infer(Module model, Tensor images) {
    try (var step = Region.open("inference")) {
      return GradMode.noGrad(() -> model.apply(images).toFloatArray());
    }
  }
}
