package dev.manabi.autograd;

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
import dev.manabi.tensor.op.ViewOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The vector-Jacobian product of every op: given the gradients of a call's outputs, the gradients
 * of its inputs. For {@code y = f(x)} and a loss L it computes {@code dL/dx = J^T dL/dy} without
 * ever forming the Jacobian J.
 *
 * <p>All of them are written with tensor ops. So they run on every backend, and while gradients are
 * on they are recorded themselves, which gives derivatives of any order.
 */
final class Vjp {
  private Vjp() {}

  /**
   * The gradients of the inputs of {@code call}.
   *
   * @param gradients one per output; {@code null} where none arrived, but not everywhere
   * @return one per input; {@code null} where none is wanted or none flows
   */
  static @Nullable Tensor[] of(Call call, @Nullable Tensor[] gradients) {
    return switch (call.op()) {
      case ElementwiseOp op -> ElementwiseVjp.of(op, call, only(gradients));
      case ViewOp op -> Call.gradients(ViewVjp.of(op, call, only(gradients)));
      case ReduceOp op -> Call.gradients(ReduceVjp.of(op, call, only(gradients)));
      case IndexOp op -> IndexVjp.of(op, call, only(gradients));
      case LinalgOp op -> LinalgVjp.of(op, call, only(gradients));
      case ConvOp op -> ConvVjp.of(op, call, only(gradients));
      case PoolOp op -> PoolVjp.of(op, call, only(gradients));
      case NormOp op -> NormVjp.of(op, call, gradients);
      case LossOp op -> LossVjp.of(op, call, gradients);
      case CustomOp op -> custom(op, call, gradients);
      case CreateOp op -> throw notDifferentiable(op);
      case OptimOp op -> throw notDifferentiable(op);
    };
  }

  /** The gradient of the first output; any other is an index and has none. */
  private static Tensor only(@Nullable Tensor[] gradients) {
    return Objects.requireNonNull(gradients[0]);
  }

  /** For ops that are never recorded: without inputs, or with outputs that are not floating. */
  static IllegalStateException notDifferentiable(Op op) {
    return new IllegalStateException("backward: " + op.name() + " has no gradient");
  }

  private static @Nullable Tensor[] custom(CustomOp op, Call call, @Nullable Tensor[] gradients) {
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < call.inputs(); i++) {
      inputs.add(call.input(i));
    }
    List<Tensor> outputs = new ArrayList<>();
    for (int i = 0; i < call.outputs(); i++) {
      outputs.add(call.output(i));
    }
    List<@Nullable Tensor> result = op.backward(inputs, outputs, Arrays.asList(gradients));
    if (result.size() != call.inputs()) {
      throw new IllegalStateException(
          op.name()
              + ": backward returned "
              + result.size()
              + " gradients for "
              + call.inputs()
              + " inputs\n  fix: return one per input, null where there is none");
    }
    return result.toArray(new Tensor[0]);
  }
}
