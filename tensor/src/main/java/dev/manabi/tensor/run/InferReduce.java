package dev.manabi.tensor.run;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.ReduceOp;

/** Inference for {@link ReduceOp}. */
final class InferReduce {
  private static final Signature X = Signature.of("x");

  private InferReduce() {}

  static TensorSpec[] outputs(ReduceOp op, TensorSpec[] in) {
    Check.arity(op, in, X);
    TensorSpec x = in[0];
    return switch (op) {
      case ReduceOp.Reduce o -> reduce(o, in);
      case ReduceOp.ArgReduce o -> {
        Check.axis(o, in, 0, o.axis(), X);
        checkNotEmpty(o, in, o.axis());
        yield Infer.one(
            Layout.contiguous(reduced(x.shape(), Ints.of(o.axis()), o.keepDim())), DType.I64);
      }
      case ReduceOp.CumSum o -> {
        Check.axis(o, in, 0, o.axis(), X);
        yield Infer.one(StrideOrder.like(x.layout()), summed(x.dtype()));
      }
      case ReduceOp.Softmax o -> softmax(o, o.axis(), in);
      case ReduceOp.LogSoftmax o -> softmax(o, o.axis(), in);
      case ReduceOp.ArgSort o -> {
        Check.axis(o, in, 0, o.axis(), X);
        yield Infer.one(StrideOrder.like(x.layout()), DType.I64);
      }
      case ReduceOp.ArgTopK o -> topK(o, in);
    };
  }

  /** {@code shape} with {@code axes} dropped, or kept with size 1. */
  static Shape reduced(Shape shape, Ints axes, boolean keepDim) {
    int[] d = new int[keepDim ? shape.rank() : shape.rank() - axes.size()];
    int k = 0;
    for (int i = 0; i < shape.rank(); i++) {
      boolean gone = axes.contains(i);
      if (!gone || keepDim) {
        d[k++] = gone ? 1 : shape.dim(i);
      }
    }
    return Shape.of(d);
  }

  /** The dtype in which a sum is given: integers and bool would soon overflow their own. */
  private static DType summed(DType dtype) {
    return dtype.isFloating() ? dtype : DType.I64;
  }

  private static TensorSpec[] reduce(ReduceOp.Reduce op, TensorSpec[] in) {
    Check.axes(op, in, 0, op.axes(), X);
    TensorSpec x = in[0];
    DType dtype =
        switch (op.fn()) {
          case SUM, PROD -> summed(x.dtype());
          case MEAN -> {
            Check.floating(op, in, 0, X);
            yield x.dtype();
          }
          case MAX, MIN -> {
            for (int i = 0; i < op.axes().size(); i++) {
              checkNotEmpty(op, in, op.axes().get(i));
            }
            yield x.dtype();
          }
          case ANY, ALL -> DType.BOOL;
        };
    return Infer.one(Layout.contiguous(reduced(x.shape(), op.axes(), op.keepDim())), dtype);
  }

  private static void checkNotEmpty(ReduceOp op, TensorSpec[] in, int axis) {
    if (in[0].dim(axis) == 0) {
      throw Check.about(op, "axis " + axis + " of x has size 0, and so no best element", in, X)
          .fix("give at least one element along axis " + axis);
    }
  }

  private static TensorSpec[] softmax(ReduceOp op, int axis, TensorSpec[] in) {
    Check.axis(op, in, 0, axis, X);
    Check.floating(op, in, 0, X);
    return Infer.one(StrideOrder.like(in[0].layout()), in[0].dtype());
  }

  private static TensorSpec[] topK(ReduceOp.ArgTopK op, TensorSpec[] in) {
    Check.axis(op, in, 0, op.axis(), X);
    int size = in[0].dim(op.axis());
    if (op.k() < 0 || op.k() > size) {
      throw Check.about(
              op, "k is " + op.k() + ", but axis " + op.axis() + " of x has size " + size, in, X)
          .fix("use a k from 0 to " + size);
    }
    Shape shape = in[0].shape().with(op.axis(), op.k());
    return Infer.one(StrideOrder.like(in[0].layout(), shape), DType.I64);
  }
}
