package dev.manabi.examples.ptx;

import dev.manabi.kernels.ptx.Dim3;
import dev.manabi.kernels.ptx.LaunchReport;
import dev.manabi.kernels.ptx.Occupancy;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code manabi ptx}. */
@Command(
    name = "ptx",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Runs GPU kernels without a GPU, checks every access and shows what they do.",
    footer = {
      "",
      "nvcc -ptx -arch=compute_80 KERNEL.cu makes KERNEL.ptx. An example:",
      "  ./manabi ptx profile add.ptx --grid 8 --block 128 \\",
      "    --arg i32=1000 --arg f32[1000]=random --arg f32[1000]=iota \\",
      "    --arg f32[1000]=empty",
      "manabi's own: kernels/cuda/src/main/resources/dev/manabi/kernels/cuda/ptx.",
      "Most begin with a struct Walk (walk.cuh), here over 1000 neighbours:",
      "  ./manabi ptx profile elementwise.f32.ptx --entry unary_exp --block 256 \\",
      "    --arg i32=1,1000,1000,1*7,i64:1,0*7,1 --arg i32=1 \\",
      "    --arg f32[1000]=iota --arg f32[1000]=empty"
    },
    subcommands = {
      PtxCommand.Run.class,
      PtxCommand.Trace.class,
      PtxCommand.Profile.class,
      HelpCommand.class
    })
public final class PtxCommand {
  /** {@code manabi ptx run}. */
  @Command(
      name = "run",
      mixinStandardHelpOptions = true,
      description = "Launches a kernel; fails with thread and line if it does something wrong.")
  static final class Run implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private LaunchOptions options;

    @Option(names = "--print", description = "show the first elements of each array afterwards")
    private boolean print;

    @Override
    public Integer call() {
      LaunchOptions.Prepared launch = options.prepare(false);
      LaunchReport report = launch.run();
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          "%s: %,d instructions of warps, %,d of threads%n",
          report.kernel(), report.warpInstructions(), report.laneInstructions());
      if (print) {
        launch.printArrays(out, 16);
      }
      out.flush();
      return CommandLine.ExitCode.OK;
    }
  }

  /** {@code manabi ptx trace}. */
  @Command(
      name = "trace",
      mixinStandardHelpOptions = true,
      description = "Prints each instruction that one thread executes, with its registers.")
  static final class Trace implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private LaunchOptions options;

    @Option(
        names = "--thread",
        paramLabel = "X[,Y[,Z]]",
        description = "the thread in its block (${DEFAULT-VALUE})",
        defaultValue = "0")
    private String thread;

    @Option(
        names = "--of-block",
        paramLabel = "X[,Y[,Z]]",
        description = "the thread's block (${DEFAULT-VALUE})",
        defaultValue = "0")
    private String block;

    @Override
    public Integer call() {
      LaunchOptions.Prepared launch = options.prepare(false);
      Dim3 ofBlock = LaunchOptions.place("--of-block", block);
      Dim3 ofThread = LaunchOptions.place("--thread", thread);
      PrintWriter out = spec.commandLine().getOut();
      try {
        launch
            .machine()
            .trace(
                launch.kernel(),
                launch.grid(),
                launch.block(),
                launch.shared(),
                launch.parameters(),
                ofBlock,
                ofThread,
                (line, text, values) -> {
                  String shown = values.toString();
                  out.printf("%5d  %-48s %s%n", line, text, shown.substring(1, shown.length() - 1));
                });
      } finally {
        // What came before a fault is the very thing to see.
        out.flush();
      }
      return CommandLine.ExitCode.OK;
    }
  }

  /** {@code manabi ptx profile}. */
  @Command(
      name = "profile",
      mixinStandardHelpOptions = true,
      description = {
        "Prints how often warps execute each line, and what its accesses cost.",
        "Threads are those of a warp that take part, on average. For global memory:",
        "sectors of 32 bytes of an access (4 for neighbours that read f32, 32 if they are",
        "strewn); for shared memory: additional turns for bank conflicts. Then occupancy:",
        "how many blocks a multiprocessor has room for at a time."
      })
  static final class Profile implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private LaunchOptions options;

    @Option(
        names = "--registers",
        paramLabel = "N",
        description = {
          "of a thread, for occupancy. PTX does not tell them;",
          "ptxas -v does, and for manabi's own kernels",
          "assembly.tsv, beside the folder that they are in"
        },
        defaultValue = "0")
    private int registers;

    @Override
    public Integer call() {
      if (registers < 0) {
        throw new IllegalArgumentException("--registers " + registers + ": is negative");
      }
      LaunchOptions.Prepared launch = options.prepare(true);
      LaunchReport report = launch.run();
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          "%5s %10s %7s %8s %9s  %s%n", "line", "warps", "threads", "sectors", "conflicts", "");
      report.lines().stream()
          .filter(line -> line.executions() > 0)
          .sorted(Comparator.comparingInt(LaunchReport.Line::line))
          .forEach(line -> print(out, line));
      out.printf(
          "%s: %,d instructions of warps; %,d sectors of global memory; %,d turns for conflicts%n",
          report.kernel(), report.warpInstructions(), report.sectors(), report.conflicts());
      print(out, launch);
      out.flush();
      return CommandLine.ExitCode.OK;
    }

    private void print(PrintWriter out, LaunchOptions.Prepared launch) {
      Occupancy occupancy = launch.occupancy(registers);
      out.printf(
          "occupancy on sm_%d: %d blocks of %d threads at a time, %d of %d warps, limited by %s%s%n",
          launch.machine().options().computeCapability(),
          occupancy.blocks(),
          launch.block().count(),
          occupancy.warps(),
          occupancy.mostWarps(),
          occupancy.limit().name().toLowerCase(Locale.ROOT).replace('_', ' '),
          registers > 0 ? "" : "; registers not counted without --registers");
    }

    private static void print(PrintWriter out, LaunchReport.Line line) {
      boolean global = line.sectors() > 0;
      boolean shared = line.accesses() > 0 && !global;
      out.printf(
          "%5d %,10d %7.1f %8s %9s  %s%n",
          line.line(),
          line.executions(),
          (double) line.lanes() / line.executions(),
          global ? "%.1f".formatted(line.sectorsPerAccess()) : "",
          shared ? "%.1f".formatted(line.conflictsPerAccess()) : "",
          line.text());
    }
  }
}
