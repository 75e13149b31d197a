package dev.manabi.tensor.run;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.NormOp;

/** Inference for {@link NormOp}. */
final class InferNorm {
  private static final Signature FORWARD =
      Signature.of("input N C H W", "weight", "bias", "residual N C H W");
  private static final Signature GRAD =
      Signature.of("gradOut", "input N C H W", "weight", "mean", "rstd", "y N C H W");

  private static final Signature STATISTICS =
      Signature.of("runningMean", "runningVar", "mean", "rstd");

  private InferNorm() {}

  static TensorSpec[] outputs(NormOp op, TensorSpec[] in) {
    return switch (op) {
      case NormOp.Norm o -> forward(o, in);
      case NormOp.NormGrad o -> grad(o, in);
      case NormOp.RunningStatistics o -> runningStatistics(o, in);
    };
  }

  private static TensorSpec[] runningStatistics(NormOp.RunningStatistics op, TensorSpec[] in) {
    Check.arity(op, in, STATISTICS);
    Check.sameDtype(op, in, 0, STATISTICS);
    Check.floating(op, in, 0, STATISTICS);
    for (int i = 1; i < in.length; i++) {
      Check.sameShape(op, in, i, 0, STATISTICS);
    }
    return new TensorSpec[] {in[0], in[1]};
  }

  private static void checkOperands(
      NormOp op, Ints axes, TensorSpec[] in, int x, Signature signature) {
    Check.sameDtype(op, in, 0, signature);
    Check.floating(op, in, 0, signature);
    Check.axes(op, in, x, axes, signature);
    if (axes.size() == 0) {
      throw Check.about(op, "there is no axis to normalise over", in, signature)
          .fix("name at least one axis");
    }
  }

  /** Weight and bias have the rank of x, and each of their sizes is 1 or that of x. */
  private static void checkAffine(
      NormOp op, TensorSpec[] in, int affine, int x, Signature signature) {
    Shape shape = in[affine].shape();
    boolean fits = shape.rank() == in[x].rank();
    for (int i = 0; fits && i < shape.rank(); i++) {
      fits = shape.dim(i) == 1 || shape.dim(i) == in[x].dim(i);
    }
    String name = signature.name(affine);
    if (!fits) {
      throw Check.about(op, name + " does not broadcast to input", in, signature)
          .fix(name + " must have the rank of input, with sizes of 1 or input's own");
    }
  }

  private static TensorSpec[] forward(NormOp.Norm op, TensorSpec[] in) {
    Check.arity(op, in, 3, 4, FORWARD);
    checkOperands(op, op.axes(), in, 0, FORWARD);
    checkAffine(op, in, 1, 0, FORWARD);
    Check.sameShape(op, in, 2, 1, FORWARD);
    if (in.length > 3) {
      Check.sameShape(op, in, 3, 0, FORWARD);
    }
    if (!(op.eps() >= 0)) {
      throw Check.about(op, "eps " + op.eps() + " is negative or NaN", in, FORWARD).fix("use 1e-5");
    }
    TensorSpec x = in[0];
    TensorSpec statistics =
        TensorSpec.of(InferReduce.reduced(x.shape(), op.axes(), true), x.dtype());
    return new TensorSpec[] {
      new TensorSpec(StrideOrder.like(x.layout()), x.dtype()), statistics, statistics
    };
  }

  private static TensorSpec[] grad(NormOp.NormGrad op, TensorSpec[] in) {
    int operands = op.relu() ? 6 : 5;
    Check.arity(op, in, operands, operands, GRAD);
    checkOperands(op, op.axes(), in, 1, GRAD);
    Check.sameShape(op, in, 0, 1, GRAD);
    checkAffine(op, in, 2, 1, GRAD);
    Shape kept = InferReduce.reduced(in[1].shape(), op.axes(), true);
    if (!in[3].shape().equals(kept)) {
      throw Check.about(op, "mean must have shape " + kept, in, GRAD)
          .fix("give the mean that norm returned");
    }
    Check.sameShape(op, in, 4, 3, GRAD);
    if (op.relu()) {
      Check.sameShape(op, in, 5, 1, GRAD);
    }
    TensorSpec affine = new TensorSpec(Layout.contiguous(in[2].shape()), in[2].dtype());
    TensorSpec gradX = new TensorSpec(StrideOrder.like(in[1].layout()), in[1].dtype());
    return op.residual()
        ? new TensorSpec[] {gradX, affine, affine, gradX}
        : new TensorSpec[] {gradX, affine, affine};
  }
}
