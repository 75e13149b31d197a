package dev.manabi.bench;

import dev.manabi.bench.torch.Torch;
import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The product of two dense square f32 matrices: 2 size^3 flops. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {Flags.VECTOR_API, Flags.NATIVE_ACCESS})
public class MatmulBenchmark {
  @Param({"64", "256", "1024"})
  int size;

  @Param("2")
  int threads;

  private Tensor torchLeft;
  private Tensor torchRight;

  @Setup
  public void makeMatrices() {
    Torch.start(threads);
    torchLeft = torch.rand(size, size);
    torchRight = torch.rand(size, size);
  }

  @Benchmark
  public void libtorch() {
    torch.mm(torchLeft, torchRight).close();
  }
}
