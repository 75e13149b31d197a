package dev.manabi.examples;

import dev.manabi.examples.gpu.GpuCatalog;
import dev.manabi.examples.gpu.GpuTimes;
import dev.manabi.examples.gpu.GpuTraining;
import dev.manabi.kernels.cuda.CudaBackend;
import dev.manabi.kernels.cuda.Gpus;
import dev.manabi.tensor.Device;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code manabi gpu}. */
@Command(
    name = "gpu",
    mixinStandardHelpOptions = true,
    description = "Checks every op on the GPU, trains MNISTNet there, and measures its kernels.",
    footer = {
      "",
      "The report is Markdown. -Dmanabi.cuda.prefer=hand or library (in JAVA_TOOL_OPTIONS) forces",
      "our own kernels or cuBLAS and cuDNN; bench/gpu.sh does both, on a machine without network."
    })
final class GpuCommand implements Callable<Integer> {
  private static final int FAILED = 1;

  /** What can be asked for. */
  private enum Part {
    CATALOG,
    TRAINING,
    TIMES
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--parts",
      split = ",",
      paramLabel = "PART",
      description = "catalog, training, times (all)")
  private List<Part> parts = List.of(Part.values());

  @Option(names = "--small", description = "tiny sizes: only to see that everything runs")
  private boolean small;

  @Option(names = "--epochs", paramLabel = "N", description = "epochs of training (3)")
  private int epochs = 3;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (!Gpus.unavailableBecause().isEmpty()) {
      out.println(Gpus.unavailableBecause());
      out.flush();
      return FAILED;
    }
    Device gpu = Device.cuda(0);
    new CudaBackend().describe().forEach(line -> out.println("- " + line));
    boolean good = true;
    for (Part part : parts) {
      out.println();
      out.flush();
      switch (part) {
        case CATALOG -> good &= new GpuCatalog(gpu, small).run(out);
        case TRAINING -> good &= new GpuTraining(gpu, small).run(out, epochs);
        case TIMES -> new GpuTimes(gpu, small).run(out);
      }
      out.flush();
    }
    return good ? CommandLine.ExitCode.OK : FAILED;
  }
}
