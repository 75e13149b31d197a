package dev.manabi.tensor.run;

import dev.manabi.tensor.Hook;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.Op;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Records ops and runs them backwards. Found through {@link java.util.ServiceLoader}. */
public interface AutogradEngine {
  /**
   * Called after {@code op} ran while gradients are on and some input is tracked: makes the node
   * and hangs it on the outputs that can have a gradient.
   */
  void record(Op op, Tensor[] inputs, Tensor[] outputs);

  /**
   * Called before {@code op} writes {@code target} in place while gradients are on and {@code
   * target} or some input is tracked; refuses what cannot be recorded.
   *
   * @throws IllegalStateException if {@code target} is a leaf that wants a gradient, or a view
   */
  void checkInPlace(Op op, Tensor target);

  /**
   * Adds the gradient of {@code root} to {@code grad} of every leaf.
   *
   * @param gradient the gradient of {@code root}; {@code null} for one, allowed for one element
   */
  void backward(Tensor root, @Nullable Tensor gradient, boolean retainGraph, boolean createGraph);

  /** Gradients of {@code outputs} with respect to {@code inputs}; leaves' grads stay untouched. */
  List<@Nullable Tensor> grad(
      List<Tensor> outputs,
      List<Tensor> inputs,
      @Nullable List<Tensor> gradOutputs,
      boolean retainGraph,
      boolean createGraph);

  /** Calls {@code hook} with the gradient of {@code tensor} whenever it is computed. */
  Hook addHook(Tensor tensor, UnaryOperator<@Nullable Tensor> hook);
}
