package dev.manabi.bench;

import dev.manabi.bench.torch.Peers;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The product of two dense f32 matrices {@code [M, K] x [K, N]}. */
public class MatmulBenchmark extends SideBySide {
  /** {@code MxNxK}. */
  @Param({
    "64x64x64",
    "128x128x128",
    "256x256x256",
    "512x512x512",
    "1024x1024x1024",
    "2048x2048x2048",
    "64x128x1024"
  })
  String size;

  @Param Transposed transposed;

  private Tensor a;
  private Tensor b;
  private org.bytedeco.pytorch.Tensor torchA;
  private org.bytedeco.pytorch.Tensor torchB;

  /** Which operand is the transposed view of a row-major matrix. */
  public enum Transposed {
    NONE,
    /** As in the gradient of a linear layer's weight. */
    LEFT,
    /** As in a linear layer. */
    RIGHT
  }

  @Override
  void prepareManabi() {
    int[] mnk = sizes(size);
    Tensors.manualSeed(1);
    a =
        transposed == Transposed.LEFT
            ? Tensors.randn(mnk[2], mnk[0]).transpose(0, 1)
            : Tensors.randn(mnk[0], mnk[2]);
    b =
        transposed == Transposed.RIGHT
            ? Tensors.randn(mnk[1], mnk[2]).transpose(0, 1)
            : Tensors.randn(mnk[2], mnk[1]);
  }

  @Override
  void prepareLibtorch() {
    torchA = Peers.of(a);
    torchB = Peers.of(b);
  }

  @Override
  void checkAgreement() {
    Agreement.check("matmul " + size, a.matmul(b), torch.mm(torchA, torchB), 1e-5);
  }

  @Benchmark
  public void manabi() {
    a.matmul(b).release();
  }

  @Benchmark
  public void libtorch() {
    torch.mm(torchA, torchB).close();
  }

  /** Additions and multiplications of one product. */
  static double flops(String size) {
    return 2 * Arrays.stream(sizes(size)).asDoubleStream().reduce(1, (x, y) -> x * y);
  }

  private static int[] sizes(String size) {
    return Arrays.stream(size.split("x", -1)).mapToInt(Integer::parseInt).toArray();
  }
}
