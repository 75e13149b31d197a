package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.OptimOp;

/** Optimizer updates, each one sweep over all parameters and their state. */
final class Optimizers {
  private Optimizers() {}

  static void run(OptimOp op, Tensor[] in, Tensor[] out) {
    if (in[0].dtype() == DType.F64) {
      CpuBackend.reference(op, in, out);
      return;
    }
    RowKernel kernel =
        switch (op) {
          case OptimOp.Sgd sgd when sgd.momentum() == 0 -> new SgdLoop(sgd);
          case OptimOp.Sgd sgd -> new MomentumLoop(sgd);
          case OptimOp.Adam adam -> new AdamLoop(adam);
        };
    ListSweep.run(kernel, in.length / op.inputsPerParameter(), in, out);
  }
}
