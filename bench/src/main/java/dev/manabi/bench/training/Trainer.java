package dev.manabi.bench.training;

import dev.manabi.data.Batch;
import dev.manabi.nn.Loss;
import dev.manabi.nn.Losses;
import dev.manabi.nn.Module;
import dev.manabi.nn.optim.Optimizer;
import dev.manabi.tensor.Tensor;

/**
 * The engine's side of a training.
 *
 * @param criterion what is minimised
 */
public record Trainer(Module model, Loss criterion, Optimizer optimizer) {
  /** A training by cross-entropy that has not begun. */
  static Trainer of(Module model, Update update) {
    return new Trainer(model, Losses.crossEntropy(), update.ours(model.parameters()));
  }

  /** Makes one step, and returns the loss before it. */
  public double step(Batch batch) {
    optimizer.zeroGrad();
    Tensor loss = criterion.apply(model.apply(batch.images()), batch.labels());
    loss.backward();
    optimizer.step();
    return loss.item();
  }
}
