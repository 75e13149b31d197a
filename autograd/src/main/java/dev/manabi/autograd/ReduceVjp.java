package dev.manabi.autograd;

import static dev.manabi.tensor.Tensors.where;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.CumSum;
import dev.manabi.tensor.op.ReduceOp.Reduce;
import dev.manabi.tensor.run.Interpreter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Reductions, softmax and running sums. */
final class ReduceVjp {
  private ReduceVjp() {}

  static Tensor of(ReduceOp op, Call call, Tensor g) {
    return switch (op) {
      case Reduce reduce -> reduce(reduce, call, g);
      case CumSum(int axis, boolean reverse) -> Interpreter.run(new CumSum(axis, !reverse), g);
      case ReduceOp.Softmax(int axis) -> {
        Tensor y = call.output(0);
        yield y.mul(g.sub(g.mul(y).sum(true, axis)));
      }
      case ReduceOp.LogSoftmax(int axis) -> g.sub(call.output(0).exp().mul(g.sum(true, axis)));
      case ReduceOp.ArgReduce a -> throw Vjp.notDifferentiable(a);
      case ReduceOp.ArgSort a -> throw Vjp.notDifferentiable(a);
      case ReduceOp.ArgTopK a -> throw Vjp.notDifferentiable(a);
    };
  }

  private static Tensor reduce(Reduce op, Call call, Tensor g) {
    Shape shape = call.spec(0).shape();
    return switch (op.fn()) {
      case SUM -> spread(g, op.axes(), shape);
      case MEAN -> spread(g.mul(1.0 / Math.max(1, count(op.axes(), shape))), op.axes(), shape);
      case PROD -> spread(g, op.axes(), shape).mul(productOfOthers(call.input(0), op.axes()));
      case MAX, MIN -> {
        Tensor hit = call.input(0).eq(spread(call.output(0).detach(), op.axes(), shape));
        Tensor ties = Grads.sum(hit.to(g.dtype()), op.axes());
        Tensor share = Grads.reshape(g, ties.shape()).div(ties);
        yield where(hit, share, Grads.scalar(0, g));
      }
      case ANY, ALL -> throw Vjp.notDifferentiable(op);
    };
  }

  /** Undoes the shape of a reduction over {@code axes} of {@code shape}, by repetition. */
  private static Tensor spread(Tensor y, Ints axes, Shape shape) {
    int[] kept = shape.toArray();
    for (int i = 0; i < axes.size(); i++) {
      kept[axes.get(i)] = 1;
    }
    return y.reshape(kept).expand(shape);
  }

  private static long count(Ints axes, Shape shape) {
    long count = 1;
    for (int i = 0; i < axes.size(); i++) {
      count *= shape.dim(axes.get(i));
    }
    return count;
  }

  /**
   * For every element, the product of all others along {@code axes}. Dividing the whole product by
   * the element would fail at zeros; so products of pairs are formed up to the root of a binary
   * tree, and on the way down each half is multiplied by the product of what lies outside.
   */
  private static Tensor productOfOthers(Tensor x, Ints axes) {
    int[] order =
        IntStream.concat(
                IntStream.range(0, x.rank()).filter(i -> !axes.contains(i)),
                IntStream.of(axes.toArray()))
            .toArray();
    Tensor moved = x.permute(order);
    int n = Math.toIntExact(count(axes, x.shape()));
    int rows = Math.toIntExact(n == 0 ? 0 : x.numel() / n);
    Tensor level =
        moved.reshape(rows, n).pad(1, 0, Integer.highestOneBit(Math.max(1, 2 * n - 1)) - n);
    List<Tensor> pairs = new ArrayList<>();
    while (level.size(1) > 1) {
      Tensor pair = level.reshape(rows, level.size(1) / 2, 2);
      pairs.add(pair);
      level = pair.select(2, 0).mul(pair.select(2, 1));
    }
    Tensor outside = Grads.scalar(1, x).expand(rows, 1);
    for (Tensor pair : pairs.reversed()) {
      outside = pair.flip(2).mul(outside.unsqueeze(2)).reshape(rows, 2 * pair.size(1));
    }
    return outside.slice(1, 0, n).reshape(moved.shape().toArray()).permute(inverse(order));
  }

  private static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }
}
