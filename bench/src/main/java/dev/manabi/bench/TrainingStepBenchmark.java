package dev.manabi.bench;

import dev.manabi.bench.training.Match;
import dev.manabi.bench.training.Workload;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A step of training on MNIST: forward, cross-entropy, backward, the optimizer's update, and the
 * loss read, on 64 images. Both sides begin with the same weights and see the same batches.
 */
@Warmup(iterations = 5, time = 1)
public class TrainingStepBenchmark extends SideBySide {
  @Param({"M1", "M2", "M4"})
  Workload net;

  private Match match;
  private Match.Side manabi;
  private Match.Side manabiInRegion;
  private Match.@Nullable Side libtorchRowMajor;
  private Match.@Nullable Side libtorchChannelsLast;

  @Override
  void prepareManabi() {
    match = new Match(net);
    manabi = match.manabiWithoutRegions();
    manabiInRegion = match.manabi();
  }

  @Override
  void prepareLibtorch() {
    libtorchRowMajor = match.libtorchRowMajor();
    libtorchChannelsLast = match.libtorchChannelsLast();
  }

  @Override
  void checkAgreement() {
    match.checkLosses();
  }

  /**
   * Begins anew with every iteration: a net that has long learnt its batches has gradients so small
   * that arithmetic on them is slow.
   */
  @Setup(Level.Iteration)
  public void restart() {
    manabi.restart();
    manabiInRegion.restart();
    if (libtorchRowMajor != null) {
      libtorchRowMajor.restart();
      libtorchChannelsLast.restart();
    }
  }

  /** As one writes it, leaving the memory to the garbage collector. */
  @Benchmark
  public double manabi() {
    return manabi.step();
  }

  @Benchmark
  public double manabiInRegion() {
    return manabiInRegion.step();
  }

  @Benchmark
  public double libtorchRowMajor() {
    return libtorchRowMajor.step();
  }

  @Benchmark
  public double libtorchChannelsLast() {
    return libtorchChannelsLast.step();
  }
}
