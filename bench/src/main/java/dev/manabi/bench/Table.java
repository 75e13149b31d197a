package dev.manabi.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The results of one class of benchmarks: a row for each choice of parameters. */
final class Table {
  private static final String OURS = "manabi";
  private static final String PEER = "libtorch";

  private final String name;
  private final Measured any;
  private final List<String> methods;
  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private final Map<Map<String, String>, Map<String, Measured>> rows = new LinkedHashMap<>();
  private final Map<Integer, Limits> limits;

  /**
   * A table.
   *
   * @param limits of the machine, by the number of threads
   */
  Table(String name, List<Measured> all, Map<Integer, Limits> limits) {
    this.name = name;
    this.limits = limits;
    any = all.getFirst();
    methods =
        all.stream()
            .map(Measured::method)
            .distinct()
            .sorted(Comparator.comparing(method -> !method.startsWith(OURS)))
            .toList();
    for (Measured m : all) {
      m.params()
          .forEach((key, value) -> values.computeIfAbsent(key, k -> new ArrayList<>()).add(value));
      rows.computeIfAbsent(m.params(), p -> new LinkedHashMap<>()).put(m.method(), m);
    }
  }

  /** Markdown. */
  @Override
  public String toString() {
    List<String> varied = values.keySet().stream().filter(this::isVaried).toList();
    var text = new StringBuilder("\n## " + name + "\n\n");
    text.append(conditions());
    List<String> header = header(varied);
    text.append(line(header)).append(line(header.stream().map(cell -> "---").toList()));
    rows.forEach((params, row) -> text.append(line(cells(varied, params, row))));
    return text.toString();
  }

  /** What is the same for all rows. */
  private String conditions() {
    String parameters =
        values.entrySet().stream()
            .filter(entry -> !isVaried(entry.getKey()))
            .map(entry -> entry.getKey() + " = " + entry.getValue().getFirst() + ", ")
            .collect(Collectors.joining());
    return parameters
        + "forks = %d, iterations = %d of %s\n\n"
            .formatted(any.forks(), any.measurementIterations(), any.measurementTime());
  }

  private boolean isVaried(String parameter) {
    return values.get(parameter).stream().distinct().count() > 1;
  }

  private List<String> header(List<String> varied) {
    List<String> cells = new ArrayList<>(varied);
    for (String method : methods) {
      cells.add(method);
      if (any.work().isPresent()) {
        cells.add("of limit");
      }
      if (method.startsWith(OURS)) {
        cells.add("heap");
        cells.add("speed");
      }
    }
    return cells;
  }

  private List<String> cells(
      List<String> varied, Map<String, String> params, Map<String, Measured> row) {
    List<String> cells = new ArrayList<>(varied.stream().map(params::get).toList());
    for (String method : methods) {
      Measured measured = row.get(method);
      cells.add(measured == null ? "" : time(measured));
      if (any.work().isPresent()) {
        cells.add(measured == null ? "" : share(measured));
      }
      if (method.startsWith(OURS)) {
        cells.add(measured == null ? "" : heap(measured));
        cells.add(measured == null ? "" : speed(measured, row));
      }
    }
    return cells;
  }

  private static String time(Measured m) {
    String spread = String.format(Locale.ROOT, " ± %.0f %%", 100 * m.primaryMetric().spread());
    String rate = m.work().map(work -> " (" + work.rate(1e-6 * m.microseconds()) + ")").orElse("");
    return Texts.time(m.microseconds()) + spread + rate;
  }

  private String share(Measured m) {
    double share = m.work().orElseThrow().share(1e-6 * m.microseconds(), limits.get(m.threads()));
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  private static String heap(Measured m) {
    return m.heapBytes().isPresent() ? Texts.bytes(m.heapBytes().getAsDouble()) : "";
  }

  private static String speed(Measured ours, Map<String, Measured> row) {
    return row.values().stream()
        .filter(m -> m.method().startsWith(PEER))
        .map(Measured::microseconds)
        .min(Comparator.naturalOrder())
        .map(peer -> Texts.number(peer / ours.microseconds()))
        .orElse("");
  }

  private static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
