package dev.manabi.autograd;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ReduceOp.Reduce;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;

/** What several vector-Jacobian products need. */
final class Grads {
  private Grads() {}

  /** The transpose of a broadcast: sums {@code g} over the dimensions that were stretched. */
  static Tensor sumTo(Tensor g, Shape shape) {
    if (g.shape().equals(shape)) {
      return g;
    }
    int lead = g.rank() - shape.rank();
    int[] axes = new int[g.rank()];
    int count = 0;
    for (int i = 0; i < axes.length; i++) {
      if (i < lead || (shape.dim(i - lead) == 1 && g.size(i) != 1)) {
        axes[count++] = i;
      }
    }
    return reshape(reduce(ReduceFn.SUM, g, Ints.of(Arrays.copyOf(axes, count)), false), shape);
  }

  /** The part of {@code g} that passes a ReLU whose output is that of {@code call}. */
  static Tensor whereActive(Call call, Tensor g) {
    return Interpreter.run(new Binary(BinaryFn.RELU_MASK), g, call.output(0).detach());
  }

  static Tensor reduce(ReduceFn fn, Tensor x, Ints axes, boolean keepDim) {
    return Interpreter.run(new Reduce(fn, axes, keepDim), x);
  }

  /** The sum over {@code axes}, which stay with size 1. */
  static Tensor sum(Tensor x, Ints axes) {
    return reduce(ReduceFn.SUM, x, axes, true);
  }

  static Tensor reshape(Tensor x, Shape shape) {
    return x.reshape(shape.toArray());
  }

  /** Zeros like the tensor that {@code spec} describes, on the device of {@code beside}. */
  static Tensor zeros(TensorSpec spec, Tensor beside) {
    return fill(spec.shape(), spec.dtype(), 0, beside);
  }

  /** A rank-0 tensor that broadcasts against {@code like}. */
  static Tensor scalar(double value, Tensor like) {
    return fill(Shape.of(), like.dtype(), value, like);
  }

  private static Tensor fill(Shape shape, DType dtype, double value, Tensor beside) {
    return Interpreter.runOn(beside.device(), new CreateOp.Fill(shape, dtype, value))[0];
  }

  /** The i64 numbers {@code 0 .. count - 1} on the device of {@code beside}. */
  static Tensor range(int count, Tensor beside) {
    return Interpreter.runOn(beside.device(), new CreateOp.Range(0, 1, count, DType.I64))[0];
  }
}
