package dev.manabi.examples.report;

import dev.manabi.examples.train.EpochMetrics;
import dev.manabi.examples.train.History;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/** Loss and accuracy against the epoch, on the training images and on the held-out ones. */
public final class LearningCurves {
  private static final int WIDTH = 700;
  private static final int HEIGHT = 500;

  private LearningCurves() {}

  /** Draws the two charts side by side; the history has at least one epoch. */
  public static void save(History history, Path png) {
    XYChart loss = chart(history, "Loss", EpochMetrics::trainLoss, EpochMetrics::heldOutLoss);
    XYChart accuracy =
        chart(
            history, "Accuracy (%)", e -> 100 * e.trainAccuracy(), e -> 100 * e.heldOutAccuracy());
    var both = new BufferedImage(2 * WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = both.createGraphics();
    g.drawImage(BitmapEncoder.getBufferedImage(loss), 0, 0, null);
    g.drawImage(BitmapEncoder.getBufferedImage(accuracy), WIDTH, 0, null);
    g.dispose();
    Png.save(both, png);
  }

  private static XYChart chart(
      History history,
      String quantity,
      ToDoubleFunction<EpochMetrics> train,
      ToDoubleFunction<EpochMetrics> heldOut) {
    List<EpochMetrics> epochs = history.epochs();
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(quantity)
            .xAxisTitle("Epoch")
            .yAxisTitle(quantity)
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisMin(0.5).setXAxisMax(epochs.size() + 0.5);
    // There is nothing between two epochs.
    chart
        .getStyler()
        .setxAxisTickLabelsFormattingFunction(x -> x == Math.rint(x) ? "%.0f".formatted(x) : "");
    double[] x = epochs.stream().mapToDouble(EpochMetrics::epoch).toArray();
    chart.addSeries("Training", x, epochs.stream().mapToDouble(train).toArray());
    String judge = epochs.getFirst().judge().label();
    chart.addSeries(judge, x, epochs.stream().mapToDouble(heldOut).toArray());
    return chart;
  }
}
