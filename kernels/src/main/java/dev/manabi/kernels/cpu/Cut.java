package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.LinalgOp;
import dev.manabi.tensor.op.LossOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import dev.manabi.tensor.op.ViewOp;
import java.util.function.IntPredicate;

/**
 * Where an op falls into parts that can be computed apart: an axis of every operand such that the
 * op, on the same range of all of these axes, yields that range of its outputs.
 *
 * @param extent size of the axes: the most parts there can be; 1 if the op cannot be cut
 * @param in the axis of each input, or {@link #WHOLE}
 * @param out the axis of each output, or {@link #JOINED}
 * @param join how the parts of outputs that are {@link #JOINED} become one
 */
record Cut(int extent, Ints in, Ints out, ReduceFn join) {
  /** Every part needs the whole input. */
  static final int WHOLE = -1;

  /** Every part yields something for the whole output. */
  static final int JOINED = -2;

  private static final Cut NONE = new Cut(1, Ints.of(), Ints.of(), ReduceFn.SUM);

  /** The cut into most parts. */
  static Cut of(Op op, Tensor[] in, Tensor[] out) {
    return switch (op) {
      // Its random numbers count the elements from the first of all.
      case ElementwiseOp.Dropout _ -> NONE;
      case ElementwiseOp _ -> aligned(largest(out[0], axis -> true), in, out);
      case ReduceOp o -> reduction(o, in, out);
      case IndexOp o -> index(o, in, out);
      case LinalgOp o -> product(o, in, out[0]);
      case PoolOp _ -> aligned(largest(out[0], axis -> axis < 2), in, out);
      case NormOp.Norm o -> aligned(largest(in[0], kept(o.axes())), in, out);
      case NormOp.NormGrad o -> aligned(largest(in[0], kept(o.axes())), in, out);
      case NormOp.RunningStatistics _ -> aligned(largest(out[0], axis -> true), in, out);
      case LossOp _ -> rows(in, out);
      // Of several parameters, each has a cut of its own.
      case OptimOp o when in.length > o.inputsPerParameter() -> NONE;
      case OptimOp _ -> aligned(largest(out[0], axis -> true), in, out);
      // The scalar loops of these are not used beside the kernels.
      case CreateOp _, ConvOp _, ViewOp _, CustomOp _ -> NONE;
    };
  }

  private static Cut reduction(ReduceOp op, Tensor[] in, Tensor[] out) {
    return switch (op) {
      case ReduceOp.Reduce o -> reduce(o, in[0]);
      case ReduceOp.ArgReduce o -> reduce(Ints.of(o.axis()), o.keepDim(), in[0]);
      case ReduceOp.CumSum o -> beside(o.axis(), in, out);
      case ReduceOp.Softmax o -> beside(o.axis(), in, out);
      case ReduceOp.LogSoftmax o -> beside(o.axis(), in, out);
      case ReduceOp.ArgSort o -> beside(o.axis(), in, out);
      case ReduceOp.ArgTopK o -> beside(o.axis(), in, out);
    };
  }

  /** Along a kept axis if there is any, else along a reduced one. */
  private static Cut reduce(ReduceOp.Reduce op, Tensor x) {
    Cut kept = reduce(op.axes(), op.keepDim(), x);
    int axis = largest(x, op.axes()::contains);
    if (kept.extent > 1 || axis < 0 || op.fn() == ReduceFn.MEAN) {
      return kept;
    }
    return new Cut(x.size(axis), Ints.of(axis), Ints.of(JOINED), op.fn());
  }

  private static Cut reduce(Ints axes, boolean keepDim, Tensor x) {
    int axis = largest(x, kept(axes));
    if (axis < 0) {
      return NONE;
    }
    int dropped = 0;
    for (int i = 0; i < axes.size() && !keepDim; i++) {
      dropped += axes.get(i) < axis ? 1 : 0;
    }
    return new Cut(x.size(axis), Ints.of(axis), Ints.of(axis - dropped), ReduceFn.SUM);
  }

  private static Cut index(IndexOp op, Tensor[] in, Tensor[] out) {
    return switch (op) {
      case IndexOp.IndexAdd(int axis, int _) -> {
        int best = largest(out[0], i -> i != axis);
        int source = best < axis ? best : best + in[1].rank() - 1;
        yield best < 0
            ? NONE
            : new Cut(out[0].size(best), Ints.of(source, WHOLE), Ints.of(best), ReduceFn.SUM);
      }
      case IndexOp.ScatterAdd(int axis) -> {
        // The index may cover but a corner of what is added to.
        IntPredicate covered = i -> in[1].size(i) == out[0].size(i);
        yield aligned(largest(out[0], i -> i != axis && covered.test(i)), in, out);
      }
      case IndexOp.IndexSelect _, IndexOp.Gather _, IndexOp.Scatter _ -> NONE;
      case IndexOp.Cat _, IndexOp.Pad _, IndexOp.NonZero _, IndexOp.ViewScatter _ -> NONE;
    };
  }

  private static Cut product(LinalgOp op, Tensor[] in, Tensor y) {
    int axis = largest(y, i -> true);
    int fromEnd = axis - y.rank();
    int x = fromEnd == -1 ? WHOLE : matching(axis, y, in[0]);
    Ints inputs =
        switch (op) {
          case LinalgOp.MatMul _ -> Ints.of(x, fromEnd == -2 ? WHOLE : matching(axis, y, in[1]));
          case LinalgOp.Linear _ -> {
            int rows = fromEnd == -1 ? 0 : WHOLE;
            yield switch (in.length) {
              case 2 -> Ints.of(x, rows);
              case 3 -> Ints.of(x, rows, rows);
              default -> Ints.of(x, rows, rows, axis);
            };
          }
        };
    return new Cut(y.size(axis), inputs, Ints.of(axis), ReduceFn.SUM);
  }

  /** The first axis of every operand. */
  private static Cut rows(Tensor[] in, Tensor[] out) {
    return new Cut(
        in[0].size(0), Ints.of(new int[in.length]), Ints.of(new int[out.length]), ReduceFn.SUM);
  }

  private static IntPredicate kept(Ints reduced) {
    return axis -> !reduced.contains(axis);
  }

  /** Any axis but that. */
  private static Cut beside(int axis, Tensor[] in, Tensor[] out) {
    return aligned(largest(out[0], i -> i != axis), in, out);
  }

  /** The longest of the axes of {@code t} that are allowed; -1 if none is. */
  private static int largest(Tensor t, IntPredicate allowed) {
    int best = -1;
    for (int i = 0; i < t.rank(); i++) {
      if (allowed.test(i) && (best < 0 || t.size(i) > t.size(best))) {
        best = i;
      }
    }
    return best;
  }

  /**
   * One axis of the first output, and the axes that are broadcast to it; what an output lacks there
   * is a sum over all parts.
   */
  private static Cut aligned(int axis, Tensor[] in, Tensor[] out) {
    if (axis < 0) {
      return NONE;
    }
    int[] inputs = new int[in.length];
    for (int i = 0; i < in.length; i++) {
      inputs[i] = matching(axis, out[0], in[i]);
    }
    int[] outputs = new int[out.length];
    for (int i = 0; i < out.length; i++) {
      outputs[i] = matching(axis, out[0], out[i]) == WHOLE ? JOINED : axis;
    }
    return new Cut(out[0].size(axis), Ints.of(inputs), Ints.of(outputs), ReduceFn.SUM);
  }

  /** The axis of {@code t} that is broadcast to {@code axis} of {@code y}, if it varies there. */
  private static int matching(int axis, Tensor y, Tensor t) {
    int own = axis + t.rank() - y.rank();
    return own < 0 || t.size(own) != y.size(axis) ? WHOLE : own;
  }
}
