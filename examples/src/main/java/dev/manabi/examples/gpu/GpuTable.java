package dev.manabi.examples.gpu;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Figures of our own kernels, of cuBLAS and cuDNN behind the same ops, and of PyTorch, as tables.
 */
public final class GpuTable {
  /** The workload that tells how fast memory can be. */
  static final String COPY = "copy";

  static final String EAGER = "MNISTNet step, eager";
  static final String GRAPH = "MNISTNet step, graph";

  private static final double GOAL_MEMORY = 0.85;
  private static final double GOAL_F32_PRODUCT = 0.85;
  private static final double GOAL_HALF_PRODUCT = 0.90;
  private static final double GOAL_CONVOLUTION = 0.80;
  private static final double GOAL_GRAPH = 0.20;

  /** From here on products are as large as the goal speaks of. */
  private static final double LARGE_PRODUCT = 2.0 * 4096 * 4096 * 4096;

  private final Map<String, Figure> hand = new LinkedHashMap<>();
  private final Map<String, Figure> library;
  private final Map<String, Figure> torch;

  /** Any of the lists may be empty. */
  public GpuTable(List<Figure> hand, List<Figure> library, List<Figure> torch) {
    hand.forEach(f -> this.hand.put(f.workload(), f));
    this.library = byWorkload(library);
    this.torch = byWorkload(torch);
    library.forEach(f -> this.hand.putIfAbsent(f.workload(), missing(f)));
  }

  private static Map<String, Figure> byWorkload(List<Figure> figures) {
    Map<String, Figure> map = new HashMap<>();
    figures.forEach(f -> map.put(f.workload(), f));
    return map;
  }

  private static Figure missing(Figure f) {
    return new Figure(f.name(), f.dtype(), f.dims(), f.bytes(), f.operations(), Double.NaN);
  }

  /** Prints all tables. */
  public void print(PrintWriter out) {
    memory(out);
    arithmetic(out);
    steps(out);
    out.flush();
  }

  private void memory(PrintWriter out) {
    Figure copy =
        hand.values().stream().filter(f -> f.name().equals(COPY)).findFirst().orElse(null);
    double copyRate = copy == null ? Double.NaN : copy.bytes() / copy.milliseconds();
    out.println("\n### Memory-bound kernels\n");
    out.println(
        "| op | shape | by hand, ms | GB/s | share of the copy rate | goal | with libraries, ms"
            + " | PyTorch ms | by hand / PyTorch |");
    out.println("|---|---|---|---|---|---|---|---|---|");
    for (Figure f : hand.values()) {
      if (f.bytes() > 0) {
        double rate = f.bytes() / f.milliseconds();
        double theirs = milliseconds(torch, f);
        out.printf(
            "| %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
            f.name(),
            f.dims(),
            number(f.milliseconds(), "%.3f"),
            number(rate / 1e6, "%.0f"),
            percent(rate / copyRate),
            goal(rate / copyRate, GOAL_MEMORY),
            number(milliseconds(library, f), "%.3f"),
            number(theirs, "%.3f"),
            number(f.milliseconds() / theirs, "%.2f"));
      }
    }
  }

  private void arithmetic(PrintWriter out) {
    out.println("\n### Products and convolutions, TFLOP/s\n");
    out.println(
        "| op | dtype | shape | by hand | library | PyTorch | hand / library | goal | hand /"
            + " PyTorch |");
    out.println("|---|---|---|---|---|---|---|---|---|");
    for (Figure f : hand.values()) {
      if (f.operations() > 0) {
        double share = milliseconds(library, f) / f.milliseconds();
        double goal = goalOf(f);
        out.printf(
            "| %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
            f.name(),
            f.dtype(),
            f.dims(),
            number(f.operations() / f.milliseconds() / 1e9, "%.1f"),
            number(f.operations() / milliseconds(library, f) / 1e9, "%.1f"),
            number(f.operations() / milliseconds(torch, f) / 1e9, "%.1f"),
            percent(share),
            goal == 0 ? "" : goal(share, goal),
            percent(milliseconds(torch, f) / f.milliseconds()));
      }
    }
  }

  private static double goalOf(Figure f) {
    if (f.name().contains("convolution")) {
      return GOAL_CONVOLUTION;
    }
    if (f.operations() < LARGE_PRODUCT) {
      return 0;
    }
    return f.dtype().equals("f32") ? GOAL_F32_PRODUCT : GOAL_HALF_PRODUCT;
  }

  private void steps(PrintWriter out) {
    out.println("\n### Training step of MNISTNet, microseconds\n");
    out.println("| step | batch | by hand | with libraries | PyTorch |");
    out.println("|---|---|---|---|---|");
    double ours = Double.NaN;
    double theirs = Double.NaN;
    for (Figure f : hand.values()) {
      if (f.bytes() == 0 && f.operations() == 0) {
        double fastest =
            Math.min(f.milliseconds(), orElse(milliseconds(library, f), Double.MAX_VALUE));
        ours = f.name().equals(GRAPH) ? fastest : ours;
        theirs = f.name().equals(EAGER) ? milliseconds(torch, f) : theirs;
        out.printf(
            "| %s | %s | %s | %s | %s |%n",
            f.name(),
            f.dims(),
            number(1e3 * f.milliseconds(), "%.0f"),
            number(1e3 * milliseconds(library, f), "%.0f"),
            number(1e3 * milliseconds(torch, f), "%.0f"));
      }
    }
    double share = ours / theirs;
    out.printf(
        "%nOur graph step takes %s of PyTorch's eager step; the goal is at most %s: %s.%n",
        percent(share), percent(GOAL_GRAPH), verdict(share <= GOAL_GRAPH, share));
  }

  private static double milliseconds(Map<String, Figure> figures, Figure like) {
    @Nullable Figure f = figures.get(like.workload());
    return f == null ? Double.NaN : f.milliseconds();
  }

  private static double orElse(double value, double other) {
    return Double.isNaN(value) ? other : value;
  }

  private static String goal(double share, double goal) {
    return percent(goal) + ": " + verdict(share >= goal, share);
  }

  private static String verdict(boolean met, double value) {
    return Double.isNaN(value) ? "not measured" : met ? "met" : "missed";
  }

  private static String percent(double share) {
    return number(100 * share, "%.0f %%");
  }

  private static String number(double value, String format) {
    return Double.isNaN(value) ? "-" : format.formatted(value);
  }
}
