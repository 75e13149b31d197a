package dev.manabi.autograd;

import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.LinalgOp;
import org.jspecify.annotations.Nullable;

/** Matrix products. For {@code C = A B}: {@code dA = dC B^T} and {@code dB = A^T dC}. */
final class LinalgVjp {
  private LinalgVjp() {}

  static @Nullable Tensor[] of(LinalgOp op, Call call, Tensor g) {
    return switch (op) {
      case LinalgOp.MatMul m ->
          Call.gradients(
              call.needs(0) ? left(call, g) : null, call.needs(1) ? right(call, g) : null);
      case LinalgOp.Linear l -> linear(call, l.relu() ? Grads.whereActive(call, g) : g);
    };
  }

  private static Tensor left(Call call, Tensor g) {
    return Grads.sumTo(g.matmul(call.input(1).t()), call.spec(0).shape());
  }

  private static Tensor right(Call call, Tensor g) {
    Tensor a = call.input(0);
    if (call.spec(1).rank() == 2) {
      // One product over all rows of the batch, in place of one per matrix and a sum.
      return rows(a).t().matmul(rows(g));
    }
    return Grads.sumTo(a.t().matmul(g), call.spec(1).shape());
  }

  private static @Nullable Tensor[] linear(Call call, Tensor g) {
    Shape shape = call.spec(0).shape();
    var gradients = new @Nullable Tensor[call.inputs()];
    if (call.needs(0)) {
      gradients[0] = Grads.reshape(rows(g).matmul(call.input(1)), shape);
    }
    if (call.needs(1)) {
      gradients[1] = rows(g).t().matmul(rows(call.input(0)));
    }
    if (gradients.length > 2 && call.needs(2)) {
      gradients[2] = Grads.sumTo(g, call.spec(2).shape());
    }
    if (gradients.length > 3 && call.needs(3)) {
      gradients[3] = g;
    }
    return gradients;
  }

  /** All leading dimensions merged into one. */
  private static Tensor rows(Tensor x) {
    Shape s = x.shape();
    int leading = 1;
    for (int i = 0; i < s.rank() - 1; i++) {
      leading *= s.dim(i);
    }
    return x.reshape(leading, s.dim(-1));
  }
}
