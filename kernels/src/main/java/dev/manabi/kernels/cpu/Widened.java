package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.Op;

/**
 * Ops on f16 and bf16 whose kernels are written for f32: operands are widened, results rounded. It
 * costs a pass over each, and no kernel needs to know.
 */
final class Widened {
  private Widened() {}

  /** True if there is an operand to widen. */
  static boolean concerns(Tensor[] inputs) {
    for (Tensor t : inputs) {
      if (isHalf(t)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isHalf(Tensor t) {
    return t.dtype() == DType.F16 || t.dtype() == DType.BF16;
  }

  static void run(Op op, Tensor[] in, Tensor[] out) {
    try (var operands = new Operands()) {
      Tensor[] wideIn = in.clone();
      Tensor[] wideOut = out.clone();
      for (int i = 0; i < in.length; i++) {
        wideIn[i] = isHalf(in[i]) ? operands.f32(in[i]) : in[i];
      }
      for (int i = 0; i < out.length; i++) {
        wideOut[i] = isHalf(out[i]) ? operands.f32Target(out[i]) : out[i];
      }
      CpuBackend.dispatch(op, wideIn, wideOut);
    }
  }
}
