package dev.manabi.examples.train;

import org.jspecify.annotations.Nullable;

/**
 * One line of {@code metrics.jsonl}. Either the test numbers or the validation numbers are there:
 * those of the images that the epoch was measured on.
 *
 * @param epoch counted from 1
 * @param trainLoss mean over the epoch, while the model was learning and with dropout
 * @param trainAccuracy a fraction, as all accuracies
 * @param validationLoss on the held-out training images, if the run has some
 * @param testLoss on the test images, unless the run has held-out images
 * @param seconds spent on training and measuring
 */
public record EpochMetrics(
    int epoch,
    double trainLoss,
    double trainAccuracy,
    @Nullable Double validationLoss,
    @Nullable Double validationAccuracy,
    @Nullable Double testLoss,
    @Nullable Double testAccuracy,
    double seconds) {

  /**
   * The line of an epoch.
   *
   * @param heldOut what the epoch was measured to be on {@code judge}
   */
  public static EpochMetrics of(
      int epoch, Metrics train, Judge judge, Metrics heldOut, double seconds) {
    double loss = heldOut.loss();
    double accuracy = heldOut.accuracy();
    return switch (judge) {
      case VALIDATION ->
          new EpochMetrics(
              epoch, train.loss(), train.accuracy(), loss, accuracy, null, null, seconds);
      case TEST ->
          new EpochMetrics(
              epoch, train.loss(), train.accuracy(), null, null, loss, accuracy, seconds);
    };
  }

  /** The images this epoch was measured on. */
  public Judge judge() {
    return validationLoss == null ? Judge.TEST : Judge.VALIDATION;
  }

  /** Loss on the images this epoch was measured on. */
  public double heldOutLoss() {
    return required(validationLoss == null ? testLoss : validationLoss);
  }

  /** Accuracy on the images this epoch was measured on, a fraction. */
  public double heldOutAccuracy() {
    return required(validationAccuracy == null ? testAccuracy : validationAccuracy);
  }

  private static double required(@Nullable Double value) {
    if (value == null) {
      throw new IllegalArgumentException("metrics of an epoch without a measurement");
    }
    return value;
  }
}
