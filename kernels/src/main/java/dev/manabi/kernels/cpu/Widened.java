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
      if (isHalf(t.dtype())) {
        return true;
      }
    }
    return false;
  }

  static boolean isHalf(DType dtype) {
    return dtype == DType.F16 || dtype == DType.BF16;
  }

  static void run(Op op, Tensor[] in, Tensor[] out) {
    try (var operands = new Operands()) {
      Tensor[] wideIn = in.clone();
      Tensor[] wideOut = out.clone();
      for (int i = 0; i < in.length; i++) {
        wideIn[i] = isHalf(in[i].dtype()) ? operands.f32(in[i]) : in[i];
      }
      for (int i = 0; i < out.length; i++) {
        wideOut[i] = isHalf(out[i].dtype()) ? operands.f32Target(out[i]) : out[i];
      }
      CpuBackend.dispatch(op, wideIn, wideOut);
    }
  }
}
