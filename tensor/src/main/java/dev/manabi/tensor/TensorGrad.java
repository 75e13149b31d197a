package dev.manabi.tensor;

import dev.manabi.tensor.run.Interpreter;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Gradients. */
public sealed interface TensorGrad permits Tensor {
  /** This object, as the tensor it is. */
  Tensor self();

  /** True if operations on this tensor are recorded for {@code backward}. */
  default boolean requiresGrad() {
    return Interpreter.isTracked(self());
  }

  /**
   * Says whether this leaf's gradient is wanted.
   *
   * @throws IllegalArgumentException if the dtype is not floating
   * @throws IllegalStateException if this tensor is not a leaf and the gradient is not wanted
   */
  default Tensor requiresGrad(boolean wanted) {
    Tensor x = self();
    if (wanted && !x.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "requiresGrad: only floating tensors have gradients, found "
              + x.spec()
              + "\n  fix: x.to(DType.F32).requiresGrad(true)");
    }
    if (!isLeaf()) {
      if (!wanted) {
        throw new IllegalStateException(
            "requiresGrad: " + x.spec() + " was computed from tracked tensors\n  fix: x.detach()");
      }
      return x;
    }
    if (wanted || x.meta() != null) {
      x.metaOrCreate().requiresGrad = wanted;
    }
    return x;
  }

  /** True if no recorded operation made this tensor. */
  default boolean isLeaf() {
    return gradFn() == null;
  }

  /** The recorded operation that made this tensor, or {@code null} for a leaf. */
  default @Nullable GradFn gradFn() {
    AutogradMeta meta = self().meta();
    return meta == null ? null : meta.gradFn;
  }

  /** The gradient that {@code backward} has accumulated, or {@code null} if none has arrived. */
  default @Nullable Tensor grad() {
    AutogradMeta meta = self().meta();
    return meta == null ? null : meta.handOutGrad();
  }

  /**
   * Replaces the accumulated gradient; {@code null} forgets it. The memory of one that {@link
   * #grad} never returned is used again at once.
   */
  default void setGrad(@Nullable Tensor grad) {
    if (grad != null && !grad.shape().equals(self().shape())) {
      throw dev.manabi.tensor.error.ShapeException.of(
              "setGrad", "gradient and tensor differ in shape")
          .operand("tensor", self().spec())
          .operand("gradient", grad.spec())
          .fix("give a gradient of the tensor's shape");
    }
    self().metaOrCreate().setGrad(grad);
  }

  /** Keeps the gradient of this tensor in {@link #grad} although it is not a leaf. */
  default Tensor retainGrad() {
    self().metaOrCreate().retainsGrad = true;
    return self();
  }

  /** Adds the gradient of this one-element tensor to every leaf that it was computed from. */
  default void backward() {
    Interpreter.autograd().backward(self(), null, false, false);
  }

  /** As {@link #backward()} for a tensor of any shape, given the gradient that flows into it. */
  default void backward(Tensor gradient) {
    Interpreter.autograd().backward(self(), gradient, false, false);
  }

  /**
   * The general form.
   *
   * @param gradient the gradient that flows in; {@code null} for one
   * @param retainGraph keeps saved values, so that backward can run again
   * @param createGraph records backward itself, so that gradients can be differentiated
   */
  default void backward(@Nullable Tensor gradient, boolean retainGraph, boolean createGraph) {
    Interpreter.autograd().backward(self(), gradient, retainGraph, createGraph);
  }

  /** The same memory, cut off from the graph. */
  default Tensor detach() {
    return self().withLayout(self().layout());
  }

  /**
   * Calls {@code hook} with this tensor's gradient whenever it is computed; what it returns takes
   * the gradient's place, unless it is {@code null}.
   */
  default Hook registerHook(UnaryOperator<@Nullable Tensor> hook) {
    return Interpreter.autograd().addHook(self(), hook);
  }
}
