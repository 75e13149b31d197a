package dev.manabi.bench;

import dev.manabi.bench.ElementwiseBenchmark.Function;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One result in the JSON that JMH writes: the times of one method with one choice of parameters.
 *
 * @param benchmark class and method
 * @param jdkVersion for people, such as 25.0.1
 * @param forks JVMs that measured, one after another; 0 if JMH's own did
 * @param measurementTime of one iteration
 * @param params their names and values
 * @param primaryMetric times
 * @param secondaryMetrics what profilers measured, by name
 */
record Measured(
    String benchmark,
    String vmName,
    String jdkVersion,
    int forks,
    int measurementIterations,
    String measurementTime,
    Map<String, String> params,
    Metric primaryMetric,
    Map<String, Metric> secondaryMetrics) {

  /**
   * @param score the mean
   * @param scoreUnit such as us/op
   * @param rawData by fork and iteration
   */
  record Metric(double score, String scoreUnit, List<List<Double>> rawData) {
    /** The largest deviation of an iteration from the mean, as a share of it. */
    double spread() {
      return rawData.stream()
          .flatMap(List::stream)
          .mapToDouble(one -> Math.abs(one - score) / score)
          .max()
          .orElse(0);
    }
  }

  String method() {
    return benchmark.substring(benchmark.lastIndexOf('.') + 1);
  }

  /** Without the package. */
  String className() {
    String[] parts = benchmark.split("\\.", -1);
    return parts[parts.length - 2];
  }

  double microseconds() {
    if (!primaryMetric.scoreUnit.equals("us/op")) {
      throw new IllegalArgumentException(
          "report: "
              + benchmark
              + " is in "
              + primaryMetric.scoreUnit
              + "\n  fix: run JMH without -tu and -bm, so that it gives us/op");
    }
    return primaryMetric.score;
  }

  /** Bytes allocated on the Java heap; empty if the run was without {@code -prof gc}. */
  OptionalDouble heapBytes() {
    Metric metric = secondaryMetrics.get("gc.alloc.rate.norm");
    return metric == null ? OptionalDouble.empty() : OptionalDouble.of(metric.score);
  }

  /** What an operation does; empty for what has no natural measure of work. */
  Optional<Work> work() {
    return switch (className()) {
      case "MatmulBenchmark" -> Optional.of(Work.flops(MatmulBenchmark.flops(params.get("size"))));
      case "ConvBenchmark" ->
          Optional.of(Work.flops(ConvBenchmark.Layer.valueOf(params.get("layer")).flops()));
      case "LessonBenchmark" ->
          Optional.of(Work.flops(LessonBenchmark.Step.valueOf(params.get("step")).flops()));
      case "ElementwiseBenchmark" -> {
        Function function = Function.valueOf(params.get("function"));
        yield Optional.of(Work.bytes(function.bytes(Long.parseLong(params.get("elements")))));
      }
      case "MemoryBoundBenchmark" ->
          Optional.of(
              Work.bytes(MemoryBoundBenchmark.Kernel.valueOf(params.get("kernel")).bytes()));
      default -> Optional.empty();
    };
  }

  /** Threads of either engine. */
  int threads() {
    return Integer.parseInt(params.get("threads"));
  }
}
