package dev.manabi.bench.torch;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Reductions, orders, softmax and running sums. */
final class TorchReductions {
  private TorchReductions() {}

  static Tensor run(ReduceOp op, Tensor x) {
    return switch (op) {
      case ReduceOp.Reduce(ReduceFn fn, Ints axes, boolean keepDim) ->
          reduce(fn, operand(fn, x), Peers.longs(axes), keepDim);
      case ReduceOp.ArgReduce(boolean max, int axis, boolean keepDim) -> {
        Tensor numbers = x.scalar_type().intern() == ScalarType.Bool ? x.to(ScalarType.Byte) : x;
        LongOptional along = new LongOptional(axis);
        yield max ? torch.argmax(numbers, along, keepDim) : torch.argmin(numbers, along, keepDim);
      }
      case ReduceOp.CumSum(int axis, boolean reverse) ->
          reverse ? x.flip(axis).cumsum(axis).flip(axis) : x.cumsum(axis);
      case ReduceOp.Softmax(int axis) -> x.softmax(axis);
      case ReduceOp.LogSoftmax(int axis) -> x.log_softmax(axis);
      case ReduceOp.ArgSort(int axis, boolean descending) -> order(x, axis, descending);
      // torch.topk promises nothing of the order of equals; a stable sort does.
      case ReduceOp.ArgTopK(int k, int axis, boolean largest) ->
          order(x, axis, largest).narrow(axis, 0, k);
    };
  }

  private static Tensor order(Tensor x, int axis, boolean descending) {
    return torch.sort(x, new BoolOptional(true), axis, descending).get1();
  }

  /** What is reduced, in the element type of the result. */
  private static Tensor operand(ReduceFn fn, Tensor x) {
    return switch (fn) {
      case SUM, PROD -> torch.isFloatingType(x.scalar_type()) ? x : x.to(ScalarType.Long);
      case ANY, ALL -> x.ne(new Scalar(0));
      case MEAN, MAX, MIN -> x;
    };
  }

  private static Tensor reduce(ReduceFn fn, Tensor x, long[] axes, boolean keepDim) {
    // libtorch takes an empty list for all axes.
    if (axes.length == 0) {
      return x;
    }
    return switch (fn) {
      case SUM -> torch.sum(x, axes, keepDim, new ScalarTypeOptional());
      case MEAN -> torch.mean(x, axes, keepDim, new ScalarTypeOptional());
      case PROD -> product(x, axes, keepDim);
      case MAX -> torch.amax(x, axes, keepDim);
      case MIN -> torch.amin(x, axes, keepDim);
      case ANY -> torch.any(x, axes, keepDim);
      case ALL -> torch.all(x, axes, keepDim);
    };
  }

  /** torch.prod takes one axis: the others are brought beside it and merged with it. */
  private static Tensor product(Tensor x, long[] axes, boolean keepDim) {
    List<Long> order = new ArrayList<>();
    List<Long> kept = new ArrayList<>();
    long[] result = Torch.shape(x);
    for (long axis = 0; axis < x.dim(); axis++) {
      order.add(axis);
      kept.add(x.size(axis));
    }
    long count = 1;
    for (int i = axes.length - 1; i >= 0; i--) {
      count *= x.size(axes[i]);
      order.remove(axes[i]);
      kept.remove((int) axes[i]);
      result[(int) axes[i]] = 1;
    }
    for (long axis : axes) {
      order.add(axis);
    }
    List<Long> rows = new ArrayList<>(kept);
    rows.add(count);
    Tensor y = x.permute(longs(order)).reshape(longs(rows)).prod(-1);
    return keepDim ? y.reshape(result) : y;
  }

  private static long[] longs(List<Long> list) {
    return list.stream().mapToLong(Long::longValue).toArray();
  }
}
