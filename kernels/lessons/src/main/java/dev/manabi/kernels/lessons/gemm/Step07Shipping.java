package dev.manabi.kernels.lessons.gemm;

import dev.manabi.kernels.cpu.CpuBackend;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.LinalgOp;

/**
 * What ships, called as the engine calls it: {@code Gemm}, {@code RowBlock} and {@code Tiles} in
 * {@code dev.manabi.kernels.cpu}.
 *
 * <p>The plan is that of {@link Step06Threads}. Faster, because its tiles are as high as the
 * machine has registers for, 12 rows with 512 bits, so that loads weigh less; because there is a
 * kernel for every height of tile, so that edges waste little; and because sums go to C without a
 * detour. {@code Tiles} emits those kernels as bytecode: written by hand they would be twelve
 * bodies like that of {@link Step04RegisterTile}. It also takes any strides, few rows, and biases.
 */
final class Step07Shipping implements Gemm {
  private static final CpuBackend BACKEND = new CpuBackend();

  @Override
  public void multiply(Matrix a, Matrix b, Matrix c) {
    BACKEND.execute(
        new LinalgOp.MatMul(), new Tensor[] {a.tensor(), b.tensor()}, new Tensor[] {c.tensor()});
  }
}
