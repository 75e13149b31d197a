package dev.manabi.tensor.run;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.ViewOp;

/** Shape inference: which outputs an op yields for given inputs, and whether it may run at all. */
public final class Infer {
  private Infer() {}

  /** The layout of a view of {@code x}. */
  static Layout view(ViewOp op, TensorSpec x) {
    return op.apply(x.layout());
  }

  /** The specs of the op's outputs. */
  public static TensorSpec[] outputs(Op op, TensorSpec... inputs) {
    throw new UnsupportedOperationException(op.name());
  }

  /** Refuses to write a result of {@code made} into a tensor of {@code target}. */
  static void checkTarget(Op op, TensorSpec made, TensorSpec target) {
    if (!made.shape().equals(target.shape()) || made.dtype() != target.dtype()) {
      throw new IllegalArgumentException(op.name() + "_: result " + made + ", target " + target);
    }
  }
}
