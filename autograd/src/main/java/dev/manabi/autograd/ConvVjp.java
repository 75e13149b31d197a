package dev.manabi.autograd;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ConvOp.Conv2d;
import dev.manabi.tensor.op.ConvOp.InputGrad;
import dev.manabi.tensor.op.ConvOp.Params;
import dev.manabi.tensor.op.ConvOp.WeightGrad;
import dev.manabi.tensor.run.Interpreter;
import org.jspecify.annotations.Nullable;

/**
 * Convolution and its two gradients. The three are faces of one trilinear form {@code sum y * w *
 * x}: each yields one of y, w, x from the other two, so each is the gradient of the others.
 */
final class ConvVjp {
  private ConvVjp() {}

  static @Nullable Tensor[] of(ConvOp op, Call call, Tensor given) {
    Params p = op.params();
    boolean relu = op instanceof Conv2d c && c.relu();
    Tensor g = relu ? Grads.whereActive(call, given) : given;
    var gradients = new @Nullable Tensor[call.inputs()];
    for (int i = 0; i < gradients.length; i++) {
      if (call.needs(i)) {
        gradients[i] =
            switch (op) {
              case Conv2d c -> ofConv(p, call, i, g);
              case InputGrad c -> ofInputGrad(p, call, i, g);
              case WeightGrad c -> ofWeightGrad(p, call, i, g);
            };
      }
    }
    return gradients;
  }

  private static Tensor ofConv(Params p, Call call, int i, Tensor y) {
    return switch (i) {
      case 0 -> input(p, call.spec(0), y, call.input(1));
      case 1 -> weight(p, call.spec(1), call.input(0), y);
      case 2 -> y.sum(0, 2, 3);
      default -> y;
    };
  }

  /** Its inputs are {@code (y, weight)}. */
  private static Tensor ofInputGrad(Params p, Call call, int i, Tensor x) {
    return i == 0
        ? Interpreter.run(new Conv2d(p), x, call.input(1))
        : weight(p, call.spec(1), x, call.input(0));
  }

  /** Its inputs are {@code (x, y)}. */
  private static Tensor ofWeightGrad(Params p, Call call, int i, Tensor weight) {
    return i == 0
        ? input(p, call.spec(0), call.input(1), weight)
        : Interpreter.run(new Conv2d(p), call.input(0), weight);
  }

  private static Tensor input(Params p, TensorSpec like, Tensor y, Tensor weight) {
    return Interpreter.run(new InputGrad(p, like.dim(2), like.dim(3)), y, weight);
  }

  private static Tensor weight(Params p, TensorSpec like, Tensor x, Tensor y) {
    return Interpreter.run(new WeightGrad(p, like.dim(2), like.dim(3)), x, y);
  }
}
