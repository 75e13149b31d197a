package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp;

/** Kernels of {@link PoolOp}: f32, and gathering of any type. */
final class Pools {
  private Pools() {}

  static void run(PoolOp op, Tensor[] in, Tensor[] out) {
    boolean fast = in[0].dtype() == DType.F32 || op instanceof PoolOp.PlaneGather;
    if (!fast || in[0].numel() == 0) {
      CpuBackend.reference(op, in, out);
      return;
    }
    try (var operands = new Operands()) {
      switch (op) {
        case PoolOp.MaxPool2d o -> MaxPools.run(o, in[0], out, operands);
        case PoolOp.PlaneScatter o -> PlaneIndexing.scatter(o, in, out[0], operands);
        case PoolOp.PlaneGather o -> PlaneIndexing.gather(o, in, out[0], operands);
        case PoolOp.AvgPool2d o -> AveragePools.forward(o.window(), in[0], out[0], operands);
        case PoolOp.AvgPool2dGrad o -> AveragePools.backward(o.window(), in[0], out[0], operands);
        case PoolOp.Interpolate o ->
            Resampling.forward(o.mode(), o.alignCorners(), in[0], out[0], operands);
        case PoolOp.InterpolateGrad o ->
            Resampling.backward(o.mode(), o.alignCorners(), in[0], out[0], operands);
      }
    }
  }
}
