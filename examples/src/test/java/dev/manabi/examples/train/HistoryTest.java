package dev.manabi.examples.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.error.FormatException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static History history(double[] trainLoss, double[] testLoss, double[] testAccuracy) {
    History history = History.NONE;
    for (int i = 0; i < trainLoss.length; i++) {
      history =
          history.plus(
              new EpochMetrics(
                  i + 1, trainLoss[i], 0.5, null, null, testLoss[i], testAccuracy[i], 1));
    }
    return history;
  }

  @Test
  void theBestEpochHasTheHighestAccuracyAndAmongEqualsTheLowestLoss() {
    double[] loss = {3, 2, 1, 1.5};
    assertEquals(3, history(loss, loss, new double[] {0.1, 0.9, 0.9, 0.8}).best().epoch());
    assertEquals(1, history(loss, loss, new double[] {0.95, 0.9, 0.9, 0.8}).best().epoch());
  }

  @Test
  void theLastEpochIsTheBestOnlyIfNoneWasBetter() {
    double[] loss = {2, 1};
    assertTrue(history(loss, loss, new double[] {0.1, 0.2}).lastIsBest());
    assertFalse(history(loss, loss, new double[] {0.2, 0.1}).lastIsBest());
  }

  @Test
  void aRunIsStalledWhenItsLossHasNotFallenForThatLong() {
    double[] loss = {2, 1, 1.1, 1.2};
    History history = history(loss, loss, loss);
    assertTrue(history.isStalled(2));
    assertFalse(history.isStalled(3));
    assertFalse(History.NONE.isStalled(1));
  }

  @Test
  void overfittingIsTrainingLossFallingWhileTheOtherRises() {
    double[] rising = {2, 1, 1.1, 1.2, 1.3};
    double[] falling = {5, 4, 3, 2, 1};
    String line = history(falling, rising, falling).overfitting().orElseThrow();
    assertTrue(line.contains("since epoch 2"), line);
    assertTrue(line.contains("test loss rose, 1.0000 to 1.3000"), line);
    assertTrue(history(falling, falling, falling).overfitting().isEmpty());
    assertTrue(history(rising, rising, rising).overfitting().isEmpty());
  }

  @Test
  void jsonKeepsEveryBitOfANumber() {
    var metrics = new EpochMetrics(1, 0.1 + 0.2, 1 / 3.0, null, null, 2e-300, 0.7, 5e9);
    String json = Json.write(metrics);
    assertEquals(metrics, Json.read("here", json, EpochMetrics.class));
    assertFalse(json.contains("validation"), json);
    assertTrue(json.startsWith("{\"epoch\":1,\"trainLoss\":0.30000000000000004,"), json);
  }

  @Test
  void jsonThatDoesNotFitIsRefusedWithItsFile() {
    for (String json : new String[] {"", "null", "[1]", "{\"epoch\":\"x\"}", "{\"epoch\":"}) {
      var e =
          Assertions.assertThrows(
              FormatException.class, () -> Json.read("run.file", json, EpochMetrics.class), json);
      assertTrue(
          e.getMessage().startsWith("run.file: expected the JSON of EpochMetrics"), e.getMessage());
    }
  }
}
