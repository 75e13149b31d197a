package dev.manabi.autograd;

import dev.manabi.tensor.Hook;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.error.ShapeException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Functions that look at a gradient on its way, and may put another in its place. */
final class Hooks {
  private Hooks() {}

  /** Adds {@code hook}; closing the handle takes out this very addition, once. */
  static Hook add(
      List<UnaryOperator<@Nullable Tensor>> hooks, UnaryOperator<@Nullable Tensor> hook) {
    // A wrapper of its own, so that adding one function twice makes two entries.
    UnaryOperator<@Nullable Tensor> entry = gradient -> hook.apply(gradient);
    hooks.add(entry);
    return () -> hooks.remove(entry);
  }

  /**
   * Passes {@code gradient} through {@code hooks} in the order they were added.
   *
   * @throws ShapeException if a hook returns another shape or dtype
   */
  static Tensor apply(List<UnaryOperator<@Nullable Tensor>> hooks, Tensor gradient) {
    Tensor current = gradient;
    // A copy, because a hook may remove itself.
    for (UnaryOperator<@Nullable Tensor> hook : List.copyOf(hooks)) {
      Tensor replacement = hook.apply(current);
      if (replacement == null) {
        continue;
      }
      if (!replacement.shape().equals(current.shape()) || replacement.dtype() != current.dtype()) {
        throw ShapeException.of("hook", "a hook must return a gradient like the one it was given")
            .operand("given", current.spec())
            .operand("returned", replacement.spec())
            .fix("return a tensor of the same shape and dtype, or null to change nothing");
      }
      current = replacement;
    }
    return current;
  }
}
