package dev.manabi.bench;

import dev.manabi.bench.torch.Peers;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Ops that read and write every f32 element once, into a new tensor: memory is what limits them.
 */
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class ElementwiseBenchmark extends SideBySide {
  @Param Function function;

  @Param({"1000000", "10000000"})
  int elements;

  private Tensor x;
  private Tensor y;
  private org.bytedeco.pytorch.Tensor torchX;
  private org.bytedeco.pytorch.Tensor torchY;

  /** What is computed. */
  public enum Function {
    ADD(3),
    RELU(2),
    EXP(2),
    SUM(1);

    private final int arrays;

    Function(int arrays) {
      this.arrays = arrays;
    }

    /** Bytes read and written, had caches no part in it. */
    double bytes(long elements) {
      return (double) arrays * elements * Float.BYTES;
    }
  }

  @Override
  void prepareManabi() {
    Tensors.manualSeed(1);
    x = Tensors.randn(elements);
    y = Tensors.randn(elements);
  }

  @Override
  void prepareLibtorch() {
    torchX = Peers.of(x);
    torchY = Peers.of(y);
  }

  @Override
  void checkAgreement() {
    // The sum of normal numbers is small against the numbers summed.
    double tolerance = function == Function.SUM ? 1e-2 : 1e-5;
    Agreement.check(function.name(), compute(), torchCompute(), tolerance);
  }

  @Benchmark
  public void manabi() {
    compute().release();
  }

  @Benchmark
  public void libtorch() {
    torchCompute().close();
  }

  private Tensor compute() {
    return switch (function) {
      case ADD -> x.add(y);
      case RELU -> x.relu();
      case EXP -> x.exp();
      case SUM -> x.sum();
    };
  }

  private org.bytedeco.pytorch.Tensor torchCompute() {
    return switch (function) {
      case ADD -> torch.add(torchX, torchY);
      case RELU -> torch.relu(torchX);
      case EXP -> torch.exp(torchX);
      case SUM -> torch.sum(torchX);
    };
  }
}
