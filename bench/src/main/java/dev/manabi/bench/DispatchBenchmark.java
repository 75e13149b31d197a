package dev.manabi.bench;

import dev.manabi.bench.torch.Peers;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One op too small to matter, the sum of two tensors of 64 floats, without gradients: what is timed
 * is the way to the kernel and back. libtorch is called through its Java binding, of which {@link
 * #bindingAlone} is the share that its users in C++ do not pay.
 */
public class DispatchBenchmark extends SideBySide {
  private static final int OPS_PER_REGION = 64;

  private Tensor x;
  private Tensor y;
  private org.bytedeco.pytorch.Tensor torchX;
  private org.bytedeco.pytorch.Tensor torchY;
  private GradMode.Scope noGrad;
  private NoGradGuard torchNoGrad;

  @Override
  void prepareManabi() {
    Tensors.manualSeed(1);
    x = Tensors.randn(64);
    y = Tensors.randn(64);
  }

  @Override
  void prepareLibtorch() {
    torchX = Peers.of(x);
    torchY = Peers.of(y);
  }

  @Override
  void checkAgreement() {
    Agreement.check("add", x.add(y), torch.add(torchX, torchY), 0);
  }

  /** Gradients are switched off by thread, and this runs on the one that measures. */
  @Setup(Level.Iteration)
  public void switchGradientsOff() {
    noGrad = GradMode.set(false);
    torchNoGrad = torchX == null ? null : new NoGradGuard();
  }

  @TearDown(Level.Iteration)
  public void switchGradientsOn() {
    noGrad.close();
    if (torchNoGrad != null) {
      torchNoGrad.close();
    }
  }

  /** As one writes it, leaving the memory to the garbage collector. */
  @Benchmark
  public Tensor manabi() {
    return x.add(y);
  }

  @Benchmark
  @OperationsPerInvocation(OPS_PER_REGION)
  public void manabiInRegion() {
    try (var ops = Region.open("ops")) {
      for (int i = 0; i < OPS_PER_REGION; i++) {
        x.add(y);
      }
    }
  }

  @Benchmark
  public void libtorch() {
    torch.add(torchX, torchY).close();
  }

  /** A handle of an existing tensor is made and freed. */
  @Benchmark
  public void bindingAlone() {
    new org.bytedeco.pytorch.Tensor(torchX).close();
  }
}
