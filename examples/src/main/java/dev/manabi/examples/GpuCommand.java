package dev.manabi.examples;

import dev.manabi.examples.gpu.Figure;
import dev.manabi.examples.gpu.GpuCatalog;
import dev.manabi.examples.gpu.GpuTable;
import dev.manabi.examples.gpu.GpuTimes;
import dev.manabi.examples.gpu.GpuTraining;
import dev.manabi.kernels.cuda.CudaBackend;
import dev.manabi.kernels.cuda.Gpus;
import dev.manabi.tensor.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
      "The report is Markdown. -Dmanabi.cuda.prefer=hand or library forces our own",
      "kernels or cuBLAS and cuDNN; bench/gpu.sh does both, and PyTorch beside them."
    })
final class GpuCommand implements Callable<Integer> {
  private static final int FAILED = 1;

  /** Anything else would fail as well. */
  private static final int NO_GPU = 3;

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

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "epochs of training at the most; it ends at 99 %% (${DEFAULT-VALUE})",
      defaultValue = "8")
  private int epochs;

  @Option(
      names = "--figures",
      paramLabel = "FILE",
      description = "write each time there once it is measured, for --table, and print no table")
  private Path figures;

  @Option(
      names = "--table",
      split = ",",
      paramLabel = "FILE",
      description = {
        "only print the table of figures that earlier runs wrote: by hand, with libraries, and",
        "those of bench/gpu/torch_times.py; files may be missing"
      })
  private List<Path> table = List.of();

  @Option(
      names = "--kernels",
      paramLabel = "FILE",
      description =
          "if all went well, write there which kernels ran, for kernels/cuda/gpu-runs.tsv")
  private Path kernels;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (!table.isEmpty()) {
      List<List<Figure>> columns = new ArrayList<>(table.stream().map(Figure::read).toList());
      while (columns.size() < 3) {
        columns.add(List.of());
      }
      new GpuTable(columns.get(0), columns.get(1), columns.get(2)).print(out);
      return CommandLine.ExitCode.OK;
    }
    if (!Gpus.unavailableBecause().isEmpty()) {
      out.println(Gpus.unavailableBecause());
      out.flush();
      return NO_GPU;
    }
    Device gpu = Device.cuda(0);
    new CudaBackend().describe().forEach(line -> out.println("- " + line));
    boolean good = true;
    for (Part part : parts) {
      out.println();
      out.flush();
      long start = System.nanoTime();
      good &=
          switch (part) {
            case CATALOG -> new GpuCatalog(gpu, small).run(out);
            case TRAINING -> new GpuTraining(gpu, small).run(out, epochs);
            case TIMES -> times(gpu, out);
          };
      out.printf("%n%s: %.0f s%n", part, (System.nanoTime() - start) / 1e9);
      out.flush();
    }
    Gpus.choices(gpu).forEach(line -> out.println("- " + line));
    out.flush();
    if (good && kernels != null) {
      writeKernels(gpu);
    }
    return good ? CommandLine.ExitCode.OK : FAILED;
  }

  private void writeKernels(Device gpu) {
    String device = "\t" + Gpus.driver().context(gpu.index()).info().name();
    try {
      Files.write(kernels, Gpus.kernelsRun(gpu).stream().map(kernel -> kernel + device).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean times(Device gpu, PrintWriter out) {
    boolean library = System.getProperty("manabi.cuda.prefer", "auto").equals("library");
    List<Figure> measured = new ArrayList<>();
    boolean good =
        new GpuTimes(gpu, small, library)
            .run(
                out,
                figure -> {
                  measured.add(figure);
                  if (figures != null) {
                    Figure.write(figures, measured);
                  }
                });
    if (figures != null) {
      out.printf("%d workloads measured%n", measured.size());
    } else if (library) {
      new GpuTable(List.of(), measured, List.of()).print(out);
    } else {
      new GpuTable(measured, List.of(), List.of()).print(out);
    }
    return good;
  }
}
