package dev.manabi.autograd;

import static dev.manabi.tensor.Tensors.where;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.ViewOp.Slice;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Ops that move elements: their gradients move the other way. Indices have none. */
final class IndexVjp {
  private IndexVjp() {}

  static @Nullable Tensor[] of(IndexOp op, Call call, Tensor g) {
    return switch (op) {
      case IndexOp.IndexSelect(int axis) -> {
        IndexOp add = new IndexOp.IndexAdd(axis, call.spec(0).dim(axis));
        yield Call.gradients(Interpreter.run(add, g, call.input(1)), null);
      }
      case IndexOp.IndexAdd(int axis, int size) ->
          Call.gradients(g.indexSelect(axis, call.input(1)), null);
      case IndexOp.Gather(int axis) ->
          Call.gradients(Grads.zeros(call.spec(0), g).scatterAdd(axis, call.input(1), g), null);
      case IndexOp.Scatter(int axis) -> scatter(axis, call, g);
      case IndexOp.ScatterAdd(int axis) ->
          Call.gradients(g, null, call.needs(2) ? g.gather(axis, call.input(1)) : null);
      case IndexOp.Cat(int axis) -> cat(axis, call, g);
      case IndexOp.Pad(Ints before, Ints after, double value) ->
          Call.gradients(inner(g, before, call.spec(0).shape()));
      case IndexOp.ViewScatter scatter -> Call.gradients(ViewVjp.apply(scatter.view(), g));
      case IndexOp.NonZero n -> throw Vjp.notDifferentiable(n);
    };
  }

  private static @Nullable Tensor[] scatter(int axis, Call call, Tensor g) {
    Tensor index = call.input(1);
    return Call.gradients(
        call.needs(0) ? g.scatter(axis, index, 0) : null,
        null,
        call.needs(2)
            ? where(wins(axis, index, g), g.gather(axis, index), Grads.scalar(0, g))
            : null);
  }

  /** Where indices repeat only the last source is seen: true for each source that is. */
  private static Tensor wins(int axis, Tensor index, Tensor g) {
    Tensor number = Grads.reshape(Grads.range(Math.toIntExact(index.numel()), g), index.shape());
    Tensor none = Grads.zeros(new TensorSpec(g.layout(), index.dtype()), g);
    return none.scatter(axis, index, number).gather(axis, index).eq(number);
  }

  private static @Nullable Tensor[] cat(int axis, Call call, Tensor g) {
    var gradients = new @Nullable Tensor[call.inputs()];
    int at = 0;
    for (int i = 0; i < gradients.length; i++) {
      int size = call.spec(i).dim(axis);
      gradients[i] = call.needs(i) ? g.narrow(axis, at, size) : null;
      at += size;
    }
    return gradients;
  }

  /** The block of {@code shape} that starts at {@code starts}. */
  private static Tensor inner(Tensor g, Ints starts, Shape shape) {
    int[] ones = new int[shape.rank()];
    Arrays.fill(ones, 1);
    return Interpreter.run(new Slice(starts, Ints.of(shape.toArray()), Ints.of(ones)), g);
  }
}
