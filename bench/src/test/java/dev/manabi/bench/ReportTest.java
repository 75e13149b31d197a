package dev.manabi.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
  private static final String RUN =
      """
      [
        {
          "benchmark": "dev.manabi.bench.MatmulBenchmark.libtorchOneWay",
          "mode": "avgt", "forks": 1, "jdkVersion": "25", "vmName": "VM",
          "measurementIterations": 2, "measurementTime": "1 s",
          "params": {"size": "100x200x50", "threads": "2"},
          "primaryMetric": {
            "score": 300.0, "scoreError": "NaN", "scoreUnit": "us/op", "rawData": [[300.0]]
          },
          "secondaryMetrics": {}
        },
        {
          "benchmark": "dev.manabi.bench.MatmulBenchmark.libtorchOtherWay",
          "mode": "avgt", "forks": 1, "jdkVersion": "25", "vmName": "VM",
          "measurementIterations": 2, "measurementTime": "1 s",
          "params": {"size": "100x200x50", "threads": "2"},
          "primaryMetric": {
            "score": 0.5, "scoreError": "NaN", "scoreUnit": "us/op", "rawData": [[0.5]]
          },
          "secondaryMetrics": {}
        },
        {
          "benchmark": "dev.manabi.bench.MatmulBenchmark.manabi",
          "mode": "avgt", "forks": 1, "jdkVersion": "25", "vmName": "VM",
          "measurementIterations": 2, "measurementTime": "1 s",
          "params": {"size": "100x200x50", "threads": "2"},
          "primaryMetric": {
            "score": 2000.0, "scoreError": 1.0, "scoreUnit": "us/op",
            "rawData": [[1800.0, 2200.0]]
          },
          "secondaryMetrics": {
            "gc.alloc.rate.norm": {"score": 640.2, "scoreUnit": "B/op", "rawData": [[640.2]]}
          }
        },
        {
          "benchmark": "dev.manabi.bench.MatmulBenchmark.manabi",
          "mode": "avgt", "forks": 1, "jdkVersion": "25", "vmName": "VM",
          "measurementIterations": 2, "measurementTime": "1 s",
          "params": {"size": "1x1x1", "threads": "2"},
          "primaryMetric": {
            "score": 20.0, "scoreError": 1.0, "scoreUnit": "us/op", "rawData": [[20.0]]
          },
          "secondaryMetrics": {}
        }
      ]
      """;

  private static final Map<Integer, Limits> LIMITS = Map.of(2, new Limits(1e10, 1e9));

  private static List<Measured> parse(String json) {
    return List.of(new JsonMapper().readValue(json, Measured[].class));
  }

  @Test
  void aTableComparesWithTheFastestPeerAndLeavesOutWhatWasNotMeasured() {
    String report = Report.markdown(parse(RUN), "- machine\n", LIMITS);

    assertTrue(
        report.contains("- Limits with 2 threads: 10.0 GF/s in registers, 1.00 GB/s copied\n"));
    String table = report.substring(report.indexOf("## "));
    assertEquals(
        """
        ## MatmulBenchmark

        threads = 2, forks = 1, iterations = 2 of 1 s

        | size | manabi | of limit | heap | speed | libtorchOneWay | of limit | libtorchOtherWay \
        | of limit |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        | 100x200x50 | 2.00 ms ± 10 % (1.00 GF/s) | 10 % | 640 B | 0.00025 \
        | 300 µs ± 0 % (6.67 GF/s) | 67 % | 500 ns ± 0 % (4000 GF/s) | 40000 % |
        | 1x1x1 | 20.0 µs ± 0 % (0.00010 GF/s) | 0 % |  |  |  |  |  |  |
        """,
        table);
  }

  @Test
  void anotherUnitIsRefused() {
    List<Measured> perSecond = parse(RUN.replace("us/op", "ops/s"));

    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Report.markdown(perSecond, "- machine\n", LIMITS));
    assertEquals("report: dev.manabi.bench.MatmulBenchmark.", e.getMessage().substring(0, 41));
  }
}
