package dev.manabi.kernels.cuda;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.LossOp;

/** Cross-entropy over class indices: a warp for each row. */
final class Losses {
  private static final int WARP = 32;

  private Losses() {}

  static void run(Gpu gpu, LossOp op, Tensor[] in, Tensor[] out) {
    switch (op) {
      case LossOp.CrossEntropy _ -> {
        Tensor logits = in[0];
        Tensor target = in[1];
        strides(
                gpu.call("loss", logits.dtype(), "cross_entropy").i32(logits.shape().dim(1)),
                logits)
            .tensor(logits)
            .tensor(target)
            .i64(target.layout().stride(0))
            .tensor(out[0])
            .tensor(out[1])
            .arithmetic(logits.dtype(), op.smoothing())
            .i64(op.ignoreIndex())
            .faults(op.name())
            .blocks(logits.shape().dim(0), WARP);
      }
      case LossOp.CrossEntropyGrad _ -> {
        Tensor logits = in[1];
        Tensor target = in[2];
        Call call =
            gpu.call("loss", logits.dtype(), "cross_entropy_grad").i32(logits.shape().dim(1));
        strides(strides(call, logits), out[0])
            .tensor(in[0])
            .i64(in[0].layout().stride(0))
            .tensor(logits)
            .tensor(target)
            .i64(target.layout().stride(0))
            .tensor(in[3])
            .i64(in[3].layout().stride(0))
            .tensor(out[0])
            .arithmetic(logits.dtype(), op.smoothing())
            .i64(op.ignoreIndex())
            .faults(op.name())
            .blocks(logits.shape().dim(0), WARP);
      }
    }
  }

  private static Call strides(Call call, Tensor t) {
    return call.i64(t.layout().stride(0)).i64(t.layout().stride(1));
  }
}
