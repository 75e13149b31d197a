package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.ScaleShift;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.ReduceOp.Reduce;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Norms whose weight varies along every reduced axis and along some other: those are normalised
 * first, as if weight were 1, and scaled afterwards.
 */
final class ScaledNorms {
  private ScaledNorms() {}

  static void forward(NormOp.Norm op, Tensor[] in, Tensor[] out, Operands operands) {
    Tensor x = in[0];
    Tensor one = same(1, x, operands);
    Tensor zero = same(0, x, operands);
    Tensor plain = operands.blank(Layout.contiguous(x.shape()), DType.F32);
    Norms.run(
        new NormOp.Norm(op.axes(), op.eps()),
        new Tensor[] {x, one, zero},
        new Tensor[] {plain, out[1], out[2]});
    Tensor[] affine = in.clone();
    affine[0] = plain;
    Elementwise.run(new ScaleShift(op.relu()), affine, out[0]);
  }

  /**
   * @param in with the part of {@code gradOut} that counts
   */
  static void gradient(Ints axes, Tensor[] in, Tensor[] out, Operands operands) {
    Tensor g = in[0];
    Tensor x = in[1];
    Layout layout = Layout.contiguous(x.shape());
    Tensor product = operands.blank(layout, DType.F32);
    binary(BinaryFn.MUL, g, in[2], product);
    Tensor unused = same(0, x, operands);
    Norms.run(
        new NormOp.NormGrad(axes),
        new Tensor[] {product, x, same(1, x, operands), in[3], in[4]},
        new Tensor[] {out[0], unused, unused});
    binary(BinaryFn.SUB, x, in[3], product);
    binary(BinaryFn.MUL, product, in[4], product);
    binary(BinaryFn.MUL, product, g, product);
    int[] summed =
        IntStream.range(0, x.rank()).filter(i -> x.size(i) > 1 && in[2].size(i) == 1).toArray();
    var sum = new Reduce(ReduceFn.SUM, Ints.of(summed), true);
    CpuBackend.dispatch(sum, new Tensor[] {product}, new Tensor[] {out[1]});
    CpuBackend.dispatch(sum, new Tensor[] {g}, new Tensor[] {out[2]});
  }

  private static void binary(BinaryFn fn, Tensor a, Tensor b, Tensor y) {
    Elementwise.run(new Binary(fn), new Tensor[] {a, b}, y);
  }

  /** One value that has as many axes as {@code x}. */
  private static Tensor same(float value, Tensor x, Operands operands) {
    int[] ones = new int[x.rank()];
    Arrays.fill(ones, 1);
    Tensor t = operands.blank(Layout.contiguous(Shape.of(ones)), DType.F32);
    Native.putFloat(t.address(), value);
    return t;
  }
}
