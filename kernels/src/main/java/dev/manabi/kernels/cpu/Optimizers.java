package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.OptimOp;

/** Optimizer updates, each one sweep over the parameter and its state. */
final class Optimizers {
  private Optimizers() {}

  static void run(OptimOp op, Tensor[] in, Tensor[] out) {
    if (in[0].dtype() == DType.F64) {
      CpuBackend.reference(op, in, out);
      return;
    }
    RowKernel kernel =
        switch (op) {
          case OptimOp.Sgd sgd when in.length == 2 -> new SgdLoop(sgd);
          case OptimOp.Sgd sgd -> new MomentumLoop(sgd);
          case OptimOp.Adam adam -> new AdamLoop(adam);
        };
    Sweep.runWidened(kernel, in, out);
  }
}
