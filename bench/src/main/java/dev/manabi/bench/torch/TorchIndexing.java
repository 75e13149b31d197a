package dev.manabi.bench.torch;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.ViewOp;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Ops that move elements. */
final class TorchIndexing {
  private TorchIndexing() {}

  static Tensor run(IndexOp op, Tensor[] in) {
    return switch (op) {
      case IndexOp.IndexSelect(int axis) -> select(in[0], axis, in[1]);
      case IndexOp.IndexAdd(int axis, int size) -> add(in[0], axis, size, in[1]);
      case IndexOp.Gather(int axis) -> torch.gather(in[0], axis, in[1]);
      case IndexOp.Scatter(int axis) -> torch.scatter(in[0], axis, in[1], in[2]);
      case IndexOp.ScatterAdd(int axis) -> torch.scatter_add(in[0], axis, in[1], in[2]);
      case IndexOp.Cat(int axis) -> torch.cat(new TensorVector(in), axis);
      case IndexOp.Pad pad -> pad(pad, in[0]);
      case IndexOp.NonZero nonZero -> torch.nonzero(in[0]);
      case IndexOp.ViewScatter(ViewOp view, Shape shape) ->
          viewScatter(view, Peers.longs(shape), in[0]);
    };
  }

  /** {@code index} may have any shape, which takes the place of the axis. */
  private static Tensor select(Tensor x, int axis, Tensor index) {
    Tensor y = x.index_select(axis, index.reshape(-1));
    return y.reshape(spliced(Torch.shape(x), axis, 1, Torch.shape(index)));
  }

  private static Tensor add(Tensor g, int axis, int size, Tensor index) {
    long[] shape = Torch.shape(g);
    int dims = (int) index.dim();
    Tensor rows = g.reshape(spliced(shape, axis, dims, index.numel()));
    Tensor zeros = torch.zeros(spliced(shape, axis, dims, size), Peers.typeOf(g));
    return torch.index_add(zeros, axis, index.reshape(-1), rows);
  }

  /** {@code shape} with {@code count} sizes from {@code axis} on replaced by {@code middle}. */
  private static long[] spliced(long[] shape, int axis, int count, long... middle) {
    LongStream before = LongStream.of(shape).limit(axis);
    LongStream after = LongStream.of(shape).skip(axis + count);
    return LongStream.concat(LongStream.concat(before, LongStream.of(middle)), after).toArray();
  }

  /** libtorch wants the widths before and after the last axis first. */
  private static Tensor pad(IndexOp.Pad op, Tensor x) {
    Ints before = op.before();
    int rank = before.size();
    long[] widths = new long[2 * rank];
    for (int i = 0; i < rank; i++) {
      widths[2 * i] = before.get(rank - 1 - i);
      widths[2 * i + 1] = op.after().get(rank - 1 - i);
    }
    return torch.constant_pad_nd(x, widths, new Scalar(op.value()));
  }

  private static Tensor viewScatter(ViewOp view, long[] shape, Tensor g) {
    // Integers have no gradients in libtorch; those of the cases are small enough for f64.
    boolean floating = torch.isFloatingType(g.scalar_type());
    Tensor numbers = floating ? g : g.to(ScalarType.Double);
    Tensor y = TorchOps.transpose(x -> TorchViews.run(view, x), shape, numbers);
    return floating ? y : y.to(g.scalar_type());
  }
}
