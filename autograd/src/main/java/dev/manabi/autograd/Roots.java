package dev.manabi.autograd;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.run.Interpreter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks of what a backward pass starts from. */
final class Roots {
  private Roots() {}

  /**
   * The gradient that flows into {@code root}: the given one, or a one for a single element.
   *
   * @param caller the method that the user called, for messages
   */
  static Tensor gradient(String caller, Tensor root, @Nullable Tensor given) {
    if (!Interpreter.isTracked(root)) {
      throw new IllegalStateException(
          caller
              + ": "
              + root.spec()
              + " does not require grad: no recorded op leads from a leaf to it\n  fix: call"
              + " requiresGrad(true) on the leaves first, and do not compute it inside noGrad");
    }
    if (given == null) {
      if (root.numel() != 1) {
        throw new IllegalStateException(
            caller
                + ": only a tensor of one element has a gradient by itself, found "
                + root.spec()
                + "\n  fix: call it on root.sum() or root.mean(), or pass the gradient of the root");
      }
      return Tensors.onesLike(root);
    }
    if (!given.shape().equals(root.shape()) || given.dtype() != root.dtype()) {
      throw ShapeException.of(caller, "the given gradient does not fit the root")
          .operand("root", root.spec())
          .operand("gradient", given.spec())
          .fix("give a gradient of the root's shape and dtype");
    }
    return given;
  }

  static void checkCount(List<Tensor> outputs, @Nullable List<Tensor> gradOutputs) {
    if (gradOutputs != null && gradOutputs.size() != outputs.size()) {
      throw new IllegalArgumentException(
          "grad: "
              + outputs.size()
              + " outputs, but "
              + gradOutputs.size()
              + " gradients of outputs\n  fix: give one gradient per output, or null for ones");
    }
  }
}
