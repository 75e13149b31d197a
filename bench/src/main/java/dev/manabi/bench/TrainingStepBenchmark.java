package dev.manabi.bench;

import dev.manabi.bench.torch.Peers;
import dev.manabi.bench.torch.TorchNet;
import dev.manabi.bench.torch.TorchTrainer;
import dev.manabi.data.Batch;
import dev.manabi.data.DataLoader;
import dev.manabi.data.transforms.Compose;
import dev.manabi.data.transforms.Normalize;
import dev.manabi.data.transforms.ToTensor;
import dev.manabi.data.vision.Mnist;
import dev.manabi.nn.Loss;
import dev.manabi.nn.Losses;
import dev.manabi.nn.Module;
import dev.manabi.nn.models.LeNet5;
import dev.manabi.nn.models.MNISTClassifier;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.nn.optim.Adam;
import dev.manabi.nn.optim.Optimizer;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A step of training on MNIST: forward, cross-entropy, backward, Adam, and the loss read, on 64
 * images. Both sides begin with the same weights and see the same batches.
 */
@Warmup(iterations = 5, time = 1)
public class TrainingStepBenchmark extends SideBySide {
  private static final int BATCHES = 64;
  private static final int STEPS_COMPARED = 3;
  private static final double LR = 1e-3;

  @Param Net net;

  private final List<Batch> batches = new ArrayList<>();
  private final List<TorchTrainer.Batch> rowMajor = new ArrayList<>();
  private final List<TorchTrainer.Batch> channelsLast = new ArrayList<>();
  private Trainer trainer;
  private TorchTrainer torchRowMajor;
  private TorchTrainer torchChannelsLast;
  private int next;

  /** What is trained. */
  public enum Net {
    M1_MLP(MNISTClassifier::new, TorchNet.MNIST_CLASSIFIER),
    M2_MNISTNET(MNISTNet::new, TorchNet.MNIST_NET),
    M4_LENET5(LeNet5::new, TorchNet.LENET5);

    private final Supplier<Module> ours;
    private final TorchNet torch;

    Net(Supplier<Module> ours, TorchNet torch) {
      this.ours = ours;
      this.torch = torch;
    }
  }

  /** The engine's side. */
  private record Trainer(Module model, Loss criterion, Optimizer optimizer) {
    static Trainer of(Module model) {
      return new Trainer(model, Losses.crossEntropy(), new Adam(model.parameters(), LR));
    }

    double step(Batch batch) {
      optimizer.zeroGrad();
      Tensor loss = criterion.apply(model.apply(batch.images()), batch.labels());
      loss.backward();
      optimizer.step();
      return loss.item();
    }
  }

  @Override
  void prepareManabi() {
    var transform = new Compose(new ToTensor(), new Normalize(Mnist.MEAN, Mnist.STD));
    for (Batch batch : DataLoader.of(Mnist.train().map(transform)).batchSize(64).build()) {
      batches.add(batch);
      if (batches.size() == BATCHES) {
        break;
      }
    }
  }

  @Override
  void prepareLibtorch() {
    for (Batch batch : batches) {
      var images = Peers.of(batch.images());
      var labels = Peers.of(batch.labels());
      rowMajor.add(new TorchTrainer.Batch(Peers.rowMajor(images), labels));
      channelsLast.add(new TorchTrainer.Batch(Peers.channelsLast(images), labels));
    }
  }

  /** In evaluation behaviour, for the two sides drop different units. */
  @Override
  void checkAgreement() {
    restart();
    trainer.model.eval();
    var ours = new float[STEPS_COMPARED];
    var theirs = new float[STEPS_COMPARED];
    var theirsToo = new float[STEPS_COMPARED];
    for (int i = 0; i < STEPS_COMPARED; i++) {
      ours[i] = (float) trainer.step(batches.get(i));
      theirs[i] = (float) torchRowMajor.step(rowMajor.get(i), false);
      theirsToo[i] = (float) torchChannelsLast.step(channelsLast.get(i), false);
    }
    Agreement.check("losses of " + net + ", row-major", ours, theirs, 1e-4);
    Agreement.check("losses of " + net + ", channels-last", ours, theirsToo, 1e-4);
  }

  /**
   * Begins anew with every iteration: a net that has long learnt its batches has gradients so small
   * that arithmetic on them is slow.
   */
  @Setup(Level.Iteration)
  public void restart() {
    Tensors.manualSeed(1);
    next = 0;
    trainer = Trainer.of(net.ours.get());
    if (!rowMajor.isEmpty()) {
      Map<String, Tensor> initial = trainer.model.namedParameters();
      torchRowMajor = new TorchTrainer(net.torch, initial, Peers::rowMajor, LR);
      torchChannelsLast = new TorchTrainer(net.torch, initial, Peers::channelsLast, LR);
    }
  }

  /** As one writes it, leaving the memory to the garbage collector. */
  @Benchmark
  public double manabi() {
    return trainer.step(nextOf(batches));
  }

  @Benchmark
  public double manabiInRegion() {
    try (var step = Region.open("step")) {
      return trainer.step(nextOf(batches));
    }
  }

  @Benchmark
  public double libtorchRowMajor() {
    return torchRowMajor.step(nextOf(rowMajor), true);
  }

  @Benchmark
  public double libtorchChannelsLast() {
    return torchChannelsLast.step(nextOf(channelsLast), true);
  }

  private <B> B nextOf(List<B> all) {
    return all.get(next++ % BATCHES);
  }
}
