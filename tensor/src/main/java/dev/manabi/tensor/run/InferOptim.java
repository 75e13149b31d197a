package dev.manabi.tensor.run;

import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.OptimOp;

/** Inference for {@link OptimOp}: the outputs are inputs, updated in place. */
final class InferOptim {
  private static final Signature PLAIN = Signature.of("param", "grad");
  private static final Signature MOMENTUM = Signature.of("param", "grad", "buffer");
  private static final Signature ADAM = Signature.of("param", "grad", "m", "v");

  private InferOptim() {}

  static TensorSpec[] outputs(OptimOp op, TensorSpec[] in) {
    return switch (op) {
      case OptimOp.Sgd o -> sgd(o, in);
      case OptimOp.Adam o -> adam(o, in);
    };
  }

  private static void checkOperands(OptimOp op, TensorSpec[] in, Signature signature) {
    Check.arity(op, in, signature);
    Check.sameDtype(op, in, 0, signature);
    Check.floating(op, in, 0, signature);
    for (int i = 1; i < in.length; i++) {
      Check.sameShape(op, in, i, 0, signature);
    }
  }

  private static TensorSpec[] sgd(OptimOp.Sgd op, TensorSpec[] in) {
    boolean momentum = op.momentum() != 0;
    checkOperands(op, in, momentum ? MOMENTUM : PLAIN);
    return momentum ? new TensorSpec[] {in[0], in[2]} : new TensorSpec[] {in[0]};
  }

  private static TensorSpec[] adam(OptimOp.Adam op, TensorSpec[] in) {
    checkOperands(op, in, ADAM);
    if (op.step() < 1) {
      throw Check.about(op, "step " + op.step() + " is below 1", in, ADAM)
          .fix("count steps from 1");
    }
    return new TensorSpec[] {in[0], in[2], in[3]};
  }
}
