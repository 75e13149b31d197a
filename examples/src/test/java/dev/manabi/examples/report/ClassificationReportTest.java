package dev.manabi.examples.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.examples.train.Prediction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassificationReportTest {
  /** Rows are the truth: cat 3 right, 1 taken for dog; dog 1 for cat, 2 right; eel 2 for dog. */
  private static final int[][] COUNTS = {{3, 1, 0}, {1, 2, 0}, {0, 2, 0}};

  private final ConfusionMatrix matrix =
      new ConfusionMatrix(List.of("cat", "dog", "eel"), predictions(COUNTS));
  private final ClassificationReport report = new ClassificationReport(matrix);

  static List<Prediction> predictions(int[][] counts) {
    List<Prediction> all = new ArrayList<>();
    for (int t = 0; t < counts.length; t++) {
      for (int p = 0; p < counts.length; p++) {
        for (int i = 0; i < counts[t][p]; i++) {
          all.add(new Prediction(all.size(), t, p, 0.5));
        }
      }
    }
    return all;
  }

  @Test
  void theMatrixCountsTruthAgainstPrediction() {
    assertEquals(2, matrix.count(2, 1));
    assertEquals(0, matrix.count(1, 2));
    assertEquals(4, matrix.support(0));
    assertEquals(5, matrix.predicted(1));
    assertEquals(5, matrix.correct());
    assertEquals(9, matrix.total());
  }

  @Test
  void everyClassHasThePrecisionRecallAndF1WorkedOutByHand() {
    ClassificationReport.Row cat = report.classes().get(0);
    assertEquals(3 / 4.0, cat.precision(), 1e-12);
    assertEquals(3 / 4.0, cat.recall(), 1e-12);
    assertEquals(3 / 4.0, cat.f1(), 1e-12);
    ClassificationReport.Row dog = report.classes().get(1);
    assertEquals(2 / 5.0, dog.precision(), 1e-12);
    assertEquals(2 / 3.0, dog.recall(), 1e-12);
    assertEquals(0.5, dog.f1(), 1e-12);
    assertEquals(3, dog.support());
  }

  @Test
  void aClassThatIsNeverPredictedScoresZeroRatherThanNaN() {
    assertEquals(new ClassificationReport.Row("eel", 0, 0, 0, 2), report.classes().get(2));
  }

  @Test
  void theMeansWeighClassesAndExamples() {
    assertEquals(5 / 9.0, report.accuracy(), 1e-12);
    assertEquals((0.75 + 0.4) / 3, report.macro().precision(), 1e-12);
    assertEquals((4 * 0.75 + 3 * 0.4) / 9, report.weighted().precision(), 1e-12);
    assertEquals((4 * 0.75 + 3 * 2 / 3.0) / 9, report.weighted().recall(), 1e-12);
    assertEquals((0.75 + 0.5) / 3, report.macro().f1(), 1e-12);
  }

  @Test
  void itPrintsAsScikitLearnDoes() {
    String expected =
        """
                      precision    recall  f1-score   support

                 cat       0.75      0.75      0.75         4
                 dog       0.40      0.67      0.50         3
                 eel       0.00      0.00      0.00         2

            accuracy                           0.56         9
           macro avg       0.38      0.47      0.42         9
        weighted avg       0.47      0.56      0.50         9
        """;
    assertEquals(expected, report.toString());
  }
}
