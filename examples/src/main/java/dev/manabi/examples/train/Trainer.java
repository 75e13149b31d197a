package dev.manabi.examples.train;

import dev.manabi.data.Batch;
import dev.manabi.data.DataLoader;
import dev.manabi.nn.Loss;
import dev.manabi.nn.Losses;
import dev.manabi.nn.Module;
import dev.manabi.nn.optim.Optimizer;
import dev.manabi.nn.optim.Scheduler;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.ValuesIndices;
import dev.manabi.tensor.memory.Region;
import java.util.ArrayList;
import java.util.List;

/** A classifier with its optimizer: trains for an epoch, and measures. */
public final class Trainer {
  private final Module model;
  private final Optimizer optimizer;
  private final Scheduler scheduler;
  private final Device device;
  private final Loss criterion = Losses.crossEntropy();

  /**
   * A trainer of a model that is on {@code device}.
   *
   * @param scheduler of the optimizer's rate, counting steps
   */
  public Trainer(Module model, Optimizer optimizer, Scheduler scheduler, Device device) {
    this.model = model;
    this.optimizer = optimizer;
    this.scheduler = scheduler;
    this.device = device;
  }

  /** Sees every batch, and may end the loop after it. */
  @FunctionalInterface
  public interface Watcher {
    /** Returns whether to go on, given the sums so far. */
    boolean onBatch(Metrics soFar);
  }

  /**
   * Trains on the batches that are left of the loader's epoch, each at the rate of its time.
   *
   * @param soFar the sums over the batches before those
   * @return the sums over all batches up to the last one trained on
   */
  public Metrics trainEpoch(DataLoader<Batch> loader, Metrics soFar, Watcher watcher) {
    model.train();
    Metrics metrics = soFar;
    for (Batch batch : loader) {
      // Frees what the step made at once; without it, garbage collection would do that later.
      try (Region step = Region.open("step")) {
        scheduler.setEpoch(stepsBefore(loader));
        metrics = step(batch, metrics);
      }
      if (!watcher.onBatch(metrics)) {
        break;
      }
    }
    return metrics;
  }

  /** How many steps were made before the batch that was taken last. */
  private static int stepsBefore(DataLoader<Batch> loader) {
    DataLoader.Position next = loader.position();
    return next.epoch() * loader.batches() + next.batch() - 1;
  }

  private Metrics step(Batch batch, Metrics metrics) {
    Tensor images = batch.images().to(device);
    Tensor labels = batch.labels().to(device);
    optimizer.zeroGrad();
    Tensor output = model.apply(images);
    Tensor loss = criterion.apply(output, labels);
    loss.backward();
    optimizer.step();
    return metrics.plus(loss, output, labels);
  }

  /**
   * What a model made of a dataset.
   *
   * @param metrics its mean loss and accuracy
   * @param predictions what it made of every example, in the loader's order
   */
  public record Evaluation(Metrics metrics, List<Prediction> predictions) {}

  /** Measures the model, without training it, on the loader's batches. */
  public Evaluation evaluate(DataLoader<Batch> loader, Watcher watcher) {
    model.eval();
    return GradMode.noGrad(
        () -> {
          Metrics metrics = Metrics.NONE;
          List<Prediction> predictions = new ArrayList<>();
          for (Batch batch : loader) {
            try (Region step = Region.open("evaluation")) {
              Tensor labels = batch.labels().to(device);
              Tensor output = model.apply(batch.images().to(device));
              metrics = metrics.plus(criterion.apply(output, labels), output, labels);
              addPredictions(predictions, batch, output.softmax(1).max(1));
            }
            if (!watcher.onBatch(metrics)) {
              break;
            }
          }
          return new Evaluation(metrics, predictions);
        });
  }

  private static void addPredictions(List<Prediction> all, Batch batch, ValuesIndices likeliest) {
    float[] confidence = likeliest.values().toFloatArray();
    int[] predicted = likeliest.indices().toIntArray();
    int[] truth = batch.labels().toIntArray();
    for (int i = 0; i < truth.length; i++) {
      all.add(new Prediction(all.size(), truth[i], predicted[i], confidence[i]));
    }
  }
}
