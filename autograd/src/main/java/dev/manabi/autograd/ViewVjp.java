package dev.manabi.autograd;

import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.IndexOp.ViewScatter;
import dev.manabi.tensor.op.ViewOp;
import dev.manabi.tensor.run.Interpreter;

/** Views. A view that shows each element once is undone by another view, the others by a sum. */
final class ViewVjp {
  private ViewVjp() {}

  static Tensor of(ViewOp op, Call call, Tensor g) {
    Shape shape = call.spec(0).shape();
    return switch (op) {
      case ViewOp.Reshape r -> Grads.reshape(g, shape);
      case ViewOp.Permute permute -> Interpreter.run(permute.inverse(), g);
      case ViewOp.Expand e -> Grads.sumTo(g, shape);
      case ViewOp.Slice slice -> Interpreter.run(new ViewScatter(slice, shape), g);
      case ViewOp.Diagonal diagonal -> Interpreter.run(new ViewScatter(diagonal, shape), g);
    };
  }

  /** The transpose of {@link ViewScatter}: what {@code view} shows of {@code g}. */
  static Tensor apply(ViewOp view, Tensor g) {
    return switch (view) {
      // Unlike the view, this copies where g lies in an order that no strides can reshape.
      case ViewOp.Reshape(Shape shape) -> Grads.reshape(g, shape);
      case ViewOp.Permute v -> Interpreter.run(v, g);
      case ViewOp.Expand v -> Interpreter.run(v, g);
      case ViewOp.Slice v -> Interpreter.run(v, g);
      case ViewOp.Diagonal v -> Interpreter.run(v, g);
    };
  }
}
