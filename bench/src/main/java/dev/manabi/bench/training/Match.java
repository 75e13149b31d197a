package dev.manabi.bench.training;

import dev.manabi.bench.Agreement;
import dev.manabi.bench.torch.Peers;
import dev.manabi.bench.torch.TorchTrainer;
import dev.manabi.data.Batch;
import dev.manabi.nn.Dropout;
import dev.manabi.nn.Module;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One workload trained by the engine and by libtorch, the latter with its tensors in row-major and
 * in channels-last order: from the same weights, on the same batches.
 */
public final class Match {
  private static final int STEPS_COMPARED = 2;

  /** By which share the first losses may differ. */
  private static final double FIRST_TOLERANCE = 1e-5;

  private final Workload workload;
  private final List<Batch> batches;
  private final Module initial;

  /** Makes batches and initial weights. */
  public Match(Workload workload) {
    this.workload = workload;
    Tensors.manualSeed(1);
    batches = workload.images().batches(workload.batch());
    initial = workload.model();
  }

  /** One way to train. */
  public interface Side {
    /** Begins anew from the initial weights. */
    void restart();

    /** Makes a step on the next batch, and returns the loss before it. */
    double step();

    /** Switches dropout off, which draws other numbers on either side. */
    void withoutDropout();
  }

  /** The engine, each step in a region as a training loop has it. */
  public Side manabi() {
    return new Manabi(true);
  }

  /** The engine, its memory left to the garbage collector. */
  public Side manabiWithoutRegions() {
    return new Manabi(false);
  }

  /** libtorch with images and weights in N,C,H,W order. */
  public Side libtorchRowMajor() {
    return new Libtorch(Peers::rowMajor);
  }

  /** libtorch with images and weights in N,H,W,C order. */
  public Side libtorchChannelsLast() {
    return new Libtorch(Peers::channelsLast);
  }

  /**
   * Trains a few steps on all sides, without dropout but with batch statistics, and compares.
   *
   * @return by which share of the largest loss they differ at most
   * @throws IllegalStateException if that is more than rounding explains
   */
  public double checkLosses() {
    float[] ours = losses(manabi());
    return Math.max(
        compare("row-major", ours, losses(libtorchRowMajor())),
        compare("channels-last", ours, losses(libtorchChannelsLast())));
  }

  private double compare(String layout, float[] ours, float[] theirs) {
    String what = "losses of " + workload + ", " + layout;
    Agreement.check(
        what, Arrays.copyOf(ours, 1), Arrays.copyOf(theirs, 1), FIRST_TOLERANCE, "libtorch");
    return Agreement.check(what, ours, theirs, workload.lossTolerance(), "libtorch");
  }

  private static float[] losses(Side side) {
    side.restart();
    side.withoutDropout();
    var losses = new float[STEPS_COMPARED];
    for (int i = 0; i < STEPS_COMPARED; i++) {
      losses[i] = (float) side.step();
    }
    return losses;
  }

  private final class Manabi implements Side {
    private final boolean regions;
    private @Nullable Trainer trainer;
    private int next;

    Manabi(boolean regions) {
      this.regions = regions;
    }

    @Override
    public void restart() {
      Module model = workload.model();
      model.loadStateDict(initial.stateDict());
      trainer = Trainer.of(model, workload.update());
      next = 0;
    }

    @Override
    public double step() {
      Batch batch = batches.get(next++ % batches.size());
      if (!regions) {
        return trainer.step(batch);
      }
      try (var step = Region.open("step")) {
        return trainer.step(batch);
      }
    }

    @Override
    public void withoutDropout() {
      trainer
          .model()
          .forEachModule(
              module -> {
                if (module instanceof Dropout) {
                  module.eval();
                }
              });
    }
  }

  private final class Libtorch implements Side {
    private final UnaryOperator<org.bytedeco.pytorch.Tensor> layout;
    private final List<TorchTrainer.Batch> laidOut = new ArrayList<>();
    private @Nullable TorchTrainer trainer;
    private boolean dropout;
    private int next;

    Libtorch(UnaryOperator<org.bytedeco.pytorch.Tensor> layout) {
      this.layout = layout;
      for (Batch batch : batches) {
        var images = layout.apply(Peers.of(batch.images()));
        laidOut.add(new TorchTrainer.Batch(images, Peers.of(batch.labels())));
      }
    }

    @Override
    public void restart() {
      trainer = new TorchTrainer(workload.torch, initial, layout, workload.update()::libtorch);
      dropout = true;
      next = 0;
    }

    @Override
    public double step() {
      return trainer.step(laidOut.get(next++ % laidOut.size()), dropout);
    }

    @Override
    public void withoutDropout() {
      dropout = false;
    }
  }
}
