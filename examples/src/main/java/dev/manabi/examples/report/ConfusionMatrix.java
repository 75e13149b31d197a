package dev.manabi.examples.report;

import dev.manabi.examples.train.Prediction;
import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

/** How often each class was taken for each: {@code count(truth, predicted)}. */
public final class ConfusionMatrix {
  private static final Color[] BLUES = {new Color(0xf7fbff), new Color(0x6baed6)};

  private final List<String> classNames;
  private final int[][] counts;

  /**
   * Counts predictions.
   *
   * @param classNames the name of each class, by its index
   */
  public ConfusionMatrix(List<String> classNames, List<Prediction> predictions) {
    this.classNames = List.copyOf(classNames);
    counts = new int[classNames.size()][classNames.size()];
    for (Prediction p : predictions) {
      counts[p.truth()][p.predicted()]++;
    }
  }

  /** The name of each class, by its index. */
  public List<String> classNames() {
    return classNames;
  }

  /** How many examples of class {@code truth} were taken for {@code predicted}. */
  public int count(int truth, int predicted) {
    return counts[truth][predicted];
  }

  /** How many examples of a class there are. */
  public int support(int truth) {
    return Arrays.stream(counts[truth]).sum();
  }

  /** How many examples were taken for a class. */
  public int predicted(int predicted) {
    return Arrays.stream(counts).mapToInt(row -> row[predicted]).sum();
  }

  /** How many examples were taken for what they are. */
  public int correct() {
    return IntStream.range(0, counts.length).map(i -> counts[i][i]).sum();
  }

  /** How many examples there are. */
  public int total() {
    return IntStream.range(0, counts.length).map(this::support).sum();
  }

  /** Draws the matrix with its counts; rows are the true classes, the first one on top. */
  public void save(Path png) {
    HeatMapChart chart =
        new HeatMapChartBuilder()
            .width(1000)
            .height(800)
            .title("Confusion matrix: %,d of %,d right".formatted(correct(), total()))
            .xAxisTitle("Predicted label")
            .yAxisTitle("True label")
            .build();
    chart
        .getStyler()
        .setChartBackgroundColor(Color.WHITE)
        .setPlotContentSize(1)
        .setLegendVisible(false);
    chart
        .getStyler()
        .setRangeColors(BLUES)
        .setShowValue(true)
        .setHeatMapDecimalValueFormatter(count -> "" + Math.round(count));
    chart.addSeries("count", classNames, classNames.reversed(), cells());
    Png.save(chart, png);
  }

  /** (column, row from the bottom, count) of every cell, as the chart wants them. */
  private List<Number[]> cells() {
    int n = counts.length;
    List<Number[]> cells = new ArrayList<>();
    for (int t = 0; t < n; t++) {
      for (int p = 0; p < n; p++) {
        cells.add(new Number[] {p, n - 1 - t, counts[t][p]});
      }
    }
    return cells;
  }
}
