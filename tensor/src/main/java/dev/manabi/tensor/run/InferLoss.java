package dev.manabi.tensor.run;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.LossOp;

/** Inference for {@link LossOp}. */
final class InferLoss {
  private static final Signature FORWARD = Signature.of("logits N C", "target N");
  private static final Signature GRAD =
      Signature.of("gradLoss N", "logits N C", "target N", "logSumExp N");

  private InferLoss() {}

  static TensorSpec[] outputs(LossOp op, TensorSpec[] in) {
    return switch (op) {
      case LossOp.CrossEntropy o -> forward(o, in);
      case LossOp.CrossEntropyGrad o -> grad(o, in);
    };
  }

  private static void checkOperands(LossOp op, TensorSpec[] in, int logits, Signature signature) {
    Check.arity(op, in, signature);
    Check.ranks(op, in, signature);
    Check.floating(op, in, logits, signature);
    Check.dtypeIs(op, in, logits + 1, DType.I64, signature);
    int rows = in[logits].dim(0);
    for (int i = 0; i < in.length; i++) {
      String name = signature.name(i);
      if (in[i].dim(0) != rows) {
        throw Check.about(
                op,
                "logits has " + rows + " rows, but " + name + " has " + in[i].dim(0) + " elements",
                in,
                signature)
            .fix(name + ".shape[0] must equal logits.shape[0]");
      }
    }
    if (in[logits].dim(1) <= 0) {
      throw Check.about(op, "there are no classes", in, signature)
          .fix("give logits [N, C] with C of 1 or more");
    }
    if (!(op.smoothing() >= 0 && op.smoothing() <= 1)) {
      throw Check.about(
              op, "label smoothing " + op.smoothing() + " is not in [0, 1]", in, signature)
          .fix("use 0 for none, or a small number such as 0.1");
    }
  }

  private static TensorSpec[] forward(LossOp.CrossEntropy op, TensorSpec[] in) {
    checkOperands(op, in, 0, FORWARD);
    TensorSpec row = new TensorSpec(Layout.contiguous(in[1].shape()), in[0].dtype());
    return new TensorSpec[] {row, row};
  }

  private static TensorSpec[] grad(LossOp.CrossEntropyGrad op, TensorSpec[] in) {
    checkOperands(op, in, 1, GRAD);
    DType dtype = in[1].dtype();
    Check.dtypeIs(op, in, 0, dtype, GRAD);
    Check.dtypeIs(op, in, 3, dtype, GRAD);
    return Infer.one(StrideOrder.like(in[1].layout()), dtype);
  }
}
