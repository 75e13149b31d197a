package dev.manabi.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
      bytes read and written, per second; and **of limit**, its share of what the machine does at most,
      in fused multiply-adds between registers, or in a copy. (A convolution that needs fewer
      operations than its definition may pass 100 %.) **heap** is what an operation allocates on the Java heap.
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
    Map<Integer, Limits> limits = new TreeMap<>();
    all.forEach(measured -> limits.computeIfAbsent(measured.threads(), Limits::measure));
    new PrintStream(System.out, true, StandardCharsets.UTF_8)
        .print(markdown(all, Machine.describe(), limits));
  }

  /**
   * The whole report.
   *
   * @param machine what it was measured on, as a Markdown list
   * @param limits of that machine, by the number of threads
   */
  static String markdown(List<Measured> all, String machine, Map<Integer, Limits> limits) {
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
            .map(e -> new Table(e.getKey(), e.getValue(), limits).toString())
            .collect(Collectors.joining());
    return "# Benchmarks\n\n" + machine + jvms + described(limits) + LEGEND + tables;
  }

  private static String described(Map<Integer, Limits> limits) {
    return limits.entrySet().stream()
        .map(
            e ->
                "- Limits with %d threads: %s GF/s in registers, %s GB/s copied\n"
                    .formatted(
                        e.getKey(),
                        Texts.number(1e-9 * e.getValue().flops()),
                        Texts.number(1e-9 * e.getValue().bytes())))
        .collect(Collectors.joining());
  }
}
