package dev.manabi.tensor.run;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.ShapeException;
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

/**
 * Shape inference: which outputs an op yields for given inputs, and whether it may run at all.
 *
 * <p>Every misuse of an op is refused here, before memory is touched, with a {@link
 * ShapeException}. A backend may therefore trust shapes and dtypes; only the values of index
 * tensors are left for it to check.
 */
public final class Infer {
  private Infer() {}

  /**
   * The layout of a view of {@code x}.
   *
   * @throws ShapeException if the view does not fit {@code x}
   */
  static Layout view(ViewOp op, TensorSpec x) {
    return InferView.layout(op, x);
  }

  /**
   * The specs of the op's outputs: dense, at offset 0 (but for views), in the order that the op's
   * kernels like best.
   *
   * @throws ShapeException if the op does not take such inputs
   */
  public static TensorSpec[] outputs(Op op, TensorSpec... inputs) {
    return switch (op) {
      case CreateOp o -> InferCreate.outputs(o, inputs);
      case ElementwiseOp o -> InferElementwise.outputs(o, inputs);
      case ViewOp o -> InferView.outputs(o, inputs);
      case ReduceOp o -> InferReduce.outputs(o, inputs);
      case IndexOp o -> InferIndex.outputs(o, inputs);
      case LinalgOp o -> InferLinalg.outputs(o, inputs);
      case ConvOp o -> InferConv.outputs(o, inputs);
      case PoolOp o -> InferPool.outputs(o, inputs);
      case NormOp o -> InferNorm.outputs(o, inputs);
      case LossOp o -> InferLoss.outputs(o, inputs);
      case OptimOp o -> InferOptim.outputs(o, inputs);
      case CustomOp o ->
          throw new UnsupportedOperationException(
              o.name() + ": a custom op's outputs are known only by running it");
    };
  }

  /**
   * Refuses to write a result of {@code made} into a tensor of {@code target}.
   *
   * @throws ShapeException if shape or dtype differ, or two elements of the target share memory
   */
  static void checkTarget(Op op, TensorSpec made, TensorSpec target) {
    if (!made.shape().equals(target.shape())) {
      throw refuse(op, "the result has another shape than the target", made, target)
          .fix(
              "use "
                  + op.name()
                  + ", which makes a new tensor, or give the target the shape "
                  + made.shape());
    }
    if (made.dtype() != target.dtype()) {
      throw refuse(
              op,
              "the result is " + made.dtype() + ", but the target is " + target.dtype(),
              made,
              target)
          .fix(
              "use "
                  + op.name()
                  + ", which makes a new tensor, or cast the operand to the target's dtype");
    }
    if (target.layout().isBroadcast()) {
      throw refuse(op, "elements of the expanded target share memory", made, target)
          .fix("copy the target first: target.contiguous()");
    }
  }

  private static ShapeException.Builder refuse(
      Op op, String problem, TensorSpec made, TensorSpec target) {
    return ShapeException.of(op.name() + "_", problem)
        .operand("result", made)
        .operand("target", target);
  }

  /** One output. */
  static TensorSpec[] one(Layout layout, DType dtype) {
    return new TensorSpec[] {new TensorSpec(layout, dtype)};
  }
}
