package dev.manabi.bench.command;

import dev.manabi.bench.Machine;
import dev.manabi.bench.torch.Torch;
import dev.manabi.kernels.cpu.Parallel;
import dev.manabi.kernels.cpu.Roofline;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** What all comparisons are told, and how they report. */
final class Common {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads of each engine (all processors)")
  private @Nullable Integer threads;

  @Option(names = "--json", description = "print a line of JSON for each result")
  private boolean json;

  /** Starts both engines with as many threads, and says what they run on. */
  void start() {
    requireAtLeast(1, "--threads", threads);
    Parallel.setThreads(threads());
    Torch.start(threads());
    about(
        format(
            "%s- Threads: %d, which together do %.0f Gflop/s in registers and copy %.1f GB/s\n",
            Machine.describe(),
            threads(),
            1e-9 * Roofline.fmaPeak(),
            1e-9 * Roofline.copyBandwidth()));
  }

  int threads() {
    return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
  }

  /** Refuses an option's value that is too small; {@code null} is one not given. */
  void requireAtLeast(int least, String option, @Nullable Integer value) {
    if (value != null && value < least) {
      throw new ParameterException(
          spec.commandLine(), "%s must be at least %d, found %d".formatted(option, least, value));
    }
  }

  /** Prints what is not a result: beside the JSON, not among it. */
  void about(String text) {
    PrintWriter out = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }

  /** Prints the heading of a table, unless the results are JSON. */
  void heading(String format, Object... columns) {
    row("%n" + format, columns);
  }

  /** Prints a row of a table, unless the results are JSON. */
  void row(String format, Object... columns) {
    if (!json) {
      about(format(format, columns));
    }
  }

  /** A result to be printed. */
  Result result() {
    return new Result();
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values).stripTrailing() + "\n";
  }

  /** One result: a line of JSON, or of a table. */
  final class Result {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** A field of the JSON. */
    Result put(String field, Object value) {
      fields.put(field, value);
      return this;
    }

    /** Prints the fields as JSON if that is wanted, or else the columns of the table. */
    void print(String format, Object... columns) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(
          json ? new JsonMapper().writeValueAsString(fields) + "\n" : format(format, columns));
      out.flush();
    }
  }
}
