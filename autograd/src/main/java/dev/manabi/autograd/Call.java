package dev.manabi.autograd;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.Op;
import org.jspecify.annotations.Nullable;

/** A recorded call as a vector-Jacobian product sees it. */
final class Call {
  private final Node node;
  private final boolean[] needs;

  /**
   * @param node the recorded call
   * @param needs for each input, whether its gradient is wanted
   */
  Call(Node node, boolean[] needs) {
    this.node = node;
    this.needs = needs;
  }

  Op op() {
    return node.op;
  }

  /** Has the call's values ready: a checkpoint computes them again. */
  void open() {
    node.open();
  }

  int inputs() {
    return needs.length;
  }

  int outputs() {
    return node.outputs.length;
  }

  /** Whether the gradient of input {@code i} is wanted. */
  boolean needs(int i) {
    return needs[i];
  }

  /** The value of input {@code i}; only what {@link Saved} keeps. */
  Tensor input(int i) {
    return node.input(i);
  }

  /** The value of output {@code i}; only what {@link Saved} keeps. */
  Tensor output(int i) {
    return node.output(i);
  }

  /** What is known of input {@code i} without its value. */
  TensorSpec spec(int i) {
    return node.inputs[i];
  }

  /** The gradients of all inputs in order, {@code null} for those not wanted. */
  static @Nullable Tensor[] gradients(@Nullable Tensor... gradients) {
    return gradients;
  }
}
