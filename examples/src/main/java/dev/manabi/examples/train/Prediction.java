package dev.manabi.examples.train;

/**
 * What a model made of one example.
 *
 * @param index which example of its dataset
 * @param truth the example's class
 * @param predicted the class the model gave the highest probability
 * @param confidence that probability, 0 to 1
 */
public record Prediction(int index, int truth, int predicted, double confidence) {
  /** Whether the model is right. */
  public boolean correct() {
    return truth == predicted;
  }
}
