package dev.manabi.examples.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Precision, recall and F1 score of every class and their means, printed as scikit-learn prints
 * them. A quotient without a denominator counts as 0.
 */
public final class ClassificationReport {
  /**
   * One line.
   *
   * @param name the class, or the kind of mean
   * @param precision the share of right ones among those taken for the class
   * @param recall the share found among those of the class
   * @param f1 the harmonic mean of the two
   * @param support how many examples it is about
   */
  public record Row(String name, double precision, double recall, double f1, int support) {}

  private final List<Row> classes = new ArrayList<>();
  private final double accuracy;
  private final Row macro;
  private final Row weighted;

  /** The report on a matrix of at least one example. */
  public ClassificationReport(ConfusionMatrix matrix) {
    for (int c = 0; c < matrix.classNames().size(); c++) {
      classes.add(row(matrix, c));
    }
    int total = matrix.total();
    accuracy = ratio(matrix.correct(), total);
    macro = mean("macro avg", total, _ -> 1.0 / classes.size());
    weighted = mean("weighted avg", total, row -> ratio(row.support(), total));
  }

  private static Row row(ConfusionMatrix matrix, int c) {
    int hits = matrix.count(c, c);
    double precision = ratio(hits, matrix.predicted(c));
    double recall = ratio(hits, matrix.support(c));
    double f1 = ratio(2 * precision * recall, precision + recall);
    return new Row(matrix.classNames().get(c), precision, recall, f1, matrix.support(c));
  }

  private Row mean(String name, int total, ToDoubleFunction<Row> weight) {
    double precision = 0;
    double recall = 0;
    double f1 = 0;
    for (Row row : classes) {
      double w = weight.applyAsDouble(row);
      precision += w * row.precision();
      recall += w * row.recall();
      f1 += w * row.f1();
    }
    return new Row(name, precision, recall, f1, total);
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  /** One row per class. */
  public List<Row> classes() {
    return List.copyOf(classes);
  }

  /** The share of all examples that were taken for what they are. */
  public double accuracy() {
    return accuracy;
  }

  /** The mean in which every class counts the same. */
  public Row macro() {
    return macro;
  }

  /** The mean in which every example counts the same. */
  public Row weighted() {
    return weighted;
  }

  @Override
  public String toString() {
    int longest = classes.stream().mapToInt(row -> row.name().length()).max().orElse(0);
    int width = Math.max(longest, "weighted avg".length());
    StringBuilder text = new StringBuilder(" ".repeat(width));
    text.append("  precision    recall  f1-score   support\n\n");
    classes.forEach(row -> append(text, width, row));
    text.append('\n').append(" ".repeat(width - "accuracy".length())).append("accuracy ");
    text.append("%30.2f%10d\n".formatted(accuracy, macro.support()));
    append(text, width, macro);
    append(text, width, weighted);
    return text.toString();
  }

  private static void append(StringBuilder text, int width, Row row) {
    text.append(" ".repeat(width - row.name().length())).append(row.name()).append(' ');
    text.append(
        "%10.2f%10.2f%10.2f%10d\n"
            .formatted(row.precision(), row.recall(), row.f1(), row.support()));
  }
}
