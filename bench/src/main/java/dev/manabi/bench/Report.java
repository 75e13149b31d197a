package dev.manabi.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns the JSON of a JMH run into tables in Markdown: {@code java -cp benchmarks.jar
 * dev.manabi.bench.Report results.json}, on the machine that measured.
 */
public final class Report {
  private static final String LEGEND =
      """

      Time of one operation: the mean over the iterations, ± the largest deviation of one iteration
      from it. In brackets the rate that follows: additions and multiplications by the definition, or
      bytes read and written, per second. **heap** is what an operation allocates on the Java heap.
      **speed** is libtorch's time, the shortest if there are several, divided by that of the method
      to its left: above 1 manabi is faster.
      """;

  private Report() {}

  /** Prints the tables of the file that the one argument names. */
  public static void main(String[] args) {
    if (args.length != 1) {
      throw new IllegalArgumentException("report: expected one argument, the JSON of a JMH run");
    }
    List<Measured> all =
        List.of(new JsonMapper().readValue(Path.of(args[0]).toFile(), Measured[].class));
    new PrintStream(System.out, true, StandardCharsets.UTF_8)
        .print(markdown(all, Machine.describe()));
  }

  /**
   * The whole report.
   *
   * @param machine what it was measured on, as a Markdown list
   */
  static String markdown(List<Measured> all, String machine) {
    String jvms =
        all.stream()
            .map(m -> m.vmName() + " " + m.jdkVersion())
            .distinct()
            .collect(Collectors.joining(", ", "- JVM: ", "\n"));
    String tables =
        all.stream()
            .collect(
                Collectors.groupingBy(Measured::className, LinkedHashMap::new, Collectors.toList()))
            .entrySet()
            .stream()
            .map(e -> new Table(e.getKey(), e.getValue()).toString())
            .collect(Collectors.joining());
    return "# Benchmarks\n\n" + machine + jvms + LEGEND + tables;
  }
}
