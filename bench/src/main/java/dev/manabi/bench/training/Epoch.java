package dev.manabi.bench.training;

import dev.manabi.bench.torch.Peers;
import dev.manabi.bench.torch.Torch;
import dev.manabi.bench.torch.TorchTrainer;
import dev.manabi.data.Batch;
import dev.manabi.data.DataLoader;
import dev.manabi.data.Datasets;
import dev.manabi.data.transforms.Compose;
import dev.manabi.data.transforms.Normalize;
import dev.manabi.data.transforms.ToTensor;
import dev.manabi.data.vision.Mnist;
import dev.manabi.kernels.cpu.Parallel;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * A program that trains M2 for one epoch, by the engine or by libtorch, and prints how it went. To
 * be timed from its start, by {@code ./manabi bench epoch}.
 */
public final class Epoch {
  private static final Workload WORKLOAD = Workload.M2;
  private static final int LOADER_THREADS = 1;

  private Epoch() {}

  /** Who trains. */
  public enum Engine {
    MANABI,
    /** libtorch with images and weights in N,C,H,W order. */
    LIBTORCH_ROW_MAJOR,
    /** libtorch with images and weights in N,H,W,C order. */
    LIBTORCH_CHANNELS_LAST
  }

  /**
   * Prints the seconds that the loop over the batches took and the mean loss.
   *
   * @param args an {@link Engine}, the number of threads, and how many images to train on
   */
  public static void main(String[] args) {
    ToDoubleFunction<Batch> step = step(Engine.valueOf(args[0]), Integer.parseInt(args[1]));
    var transform = new Compose(new ToTensor(), new Normalize(Mnist.MEAN, Mnist.STD));
    var images = Datasets.take(Mnist.train().map(transform), Integer.parseInt(args[2]));
    DataLoader<Batch> loader =
        DataLoader.of(images)
            .batchSize(WORKLOAD.batch())
            .shuffle(true)
            .seed(1)
            .workers(LOADER_THREADS)
            .build();
    long start = System.nanoTime();
    double losses = 0;
    for (Batch batch : loader) {
      losses += step.applyAsDouble(batch);
    }
    double seconds = 1e-9 * (System.nanoTime() - start);
    System.out.println(seconds + " " + losses / loader.batches());
  }

  private static ToDoubleFunction<Batch> step(Engine engine, int threads) {
    Tensors.manualSeed(1);
    return switch (engine) {
      case MANABI -> {
        Parallel.setThreads(threads);
        Trainer trainer = Trainer.of(WORKLOAD.model(), WORKLOAD.update());
        yield batch -> {
          try (var step = Region.open("step")) {
            return trainer.step(batch);
          }
        };
      }
      case LIBTORCH_ROW_MAJOR -> libtorch(threads, Peers::rowMajor);
      case LIBTORCH_CHANNELS_LAST -> libtorch(threads, Peers::channelsLast);
    };
  }

  private static ToDoubleFunction<Batch> libtorch(
      int threads, UnaryOperator<org.bytedeco.pytorch.Tensor> layout) {
    Torch.start(threads);
    var trainer =
        new TorchTrainer(WORKLOAD.torch, WORKLOAD.model(), layout, WORKLOAD.update()::libtorch);
    return batch -> {
      var images = layout.apply(Peers.of(batch.images()));
      return trainer.step(new TorchTrainer.Batch(images, Peers.of(batch.labels())), true);
    };
  }
}
