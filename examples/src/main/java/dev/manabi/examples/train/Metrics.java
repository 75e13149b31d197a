package dev.manabi.examples.train;

import dev.manabi.tensor.Tensor;

/**
 * Running sums over the examples of an epoch.
 *
 * @param lossSum sum of the examples' losses
 * @param correct how many examples the model got right
 * @param seen how many examples there were
 */
public record Metrics(double lossSum, long correct, long seen) {
  /** Before the first batch. */
  public static final Metrics NONE = new Metrics(0, 0, 0);

  /**
   * With a batch added.
   *
   * @param loss the batch's mean loss
   * @param output the model's logits {@code [N, C]}
   * @param labels the right classes {@code [N]}
   */
  public Metrics plus(Tensor loss, Tensor output, Tensor labels) {
    int n = labels.size(0);
    long hits = (long) output.detach().argmax(1).eq(labels).sum().item();
    return new Metrics(lossSum + n * loss.item(), correct + hits, seen + n);
  }

  /** The mean loss of an example. */
  public double loss() {
    return lossSum / seen;
  }

  /** The share of examples the model got right, 0 to 1. */
  public double accuracy() {
    return (double) correct / seen;
  }
}
