package dev.manabi.tensor.run;

import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.OptimOp;
import java.util.Arrays;

/** Inference for {@link OptimOp}: the outputs are inputs, updated in place. */
final class InferOptim {
  private InferOptim() {}

  static TensorSpec[] outputs(OptimOp op, TensorSpec[] in) {
    int each = op.inputsPerParameter();
    if (in.length == 0 || in.length % each != 0) {
      throw wrongCount(op, in);
    }
    int n = in.length / each;
    for (int i = 0; i < n; i++) {
      if (!fits(in, n, i)) {
        refuse(op, in, n, i);
      }
    }
    if (op instanceof OptimOp.Adam adam && adam.step() < 1) {
      throw Check.about(op, "step " + adam.step() + " is below 1", of(in, n, 0), names(op, n, 0))
          .fix("count steps from 1");
    }
    // All inputs but the gradients.
    TensorSpec[] out = Arrays.copyOfRange(in, n, in.length);
    System.arraycopy(in, 0, out, 0, n);
    return out;
  }

  private static ShapeException wrongCount(OptimOp op, TensorSpec[] in) {
    String problem =
        "takes " + op.inputsPerParameter() + " inputs per parameter, found " + in.length;
    ShapeException.Builder message = ShapeException.of(op.name(), problem);
    for (int i = 0; i < in.length; i++) {
      message.operand("input " + i, in[i]);
    }
    return message.fix("give (" + String.join("s, ", roles(op)) + "s)");
  }

  private static String[] roles(OptimOp op) {
    return switch (op) {
      case OptimOp.Sgd sgd when sgd.momentum() == 0 -> new String[] {"param", "grad"};
      case OptimOp.Sgd _ -> new String[] {"param", "grad", "buffer"};
      case OptimOp.Adam _ -> new String[] {"param", "grad", "m", "v"};
    };
  }

  private static boolean fits(TensorSpec[] in, int n, int i) {
    TensorSpec param = in[i];
    if (!param.dtype().isFloating() || param.dtype() != in[0].dtype()) {
      return false;
    }
    for (int k = n + i; k < in.length; k += n) {
      if (in[k].dtype() != param.dtype() || !in[k].shape().equals(param.shape())) {
        return false;
      }
    }
    return true;
  }

  /** Names what is wrong with parameter {@code i}. */
  private static void refuse(OptimOp op, TensorSpec[] in, int n, int i) {
    TensorSpec[] own = of(in, n, i);
    Signature names = names(op, n, i);
    Check.sameDtype(op, own, 0, names);
    Check.floating(op, own, 0, names);
    for (int k = 1; k < own.length; k++) {
      Check.sameShape(op, own, k, 0, names);
    }
    String problem = "param 0 is " + in[0].dtype() + ", but param " + i + " is " + in[i].dtype();
    throw Check.about(op, problem, own, names).fix("update parameters of each dtype by themselves");
  }

  /** The inputs that belong to parameter {@code i}. */
  private static TensorSpec[] of(TensorSpec[] in, int n, int i) {
    TensorSpec[] own = new TensorSpec[in.length / n];
    Arrays.setAll(own, k -> in[k * n + i]);
    return own;
  }

  /** The names of those inputs; numbered if there are several parameters. */
  private static Signature names(OptimOp op, int n, int i) {
    String[] names = roles(op);
    if (n > 1) {
      Arrays.setAll(names, k -> names[k] + i);
    }
    return Signature.of(names);
  }
}
