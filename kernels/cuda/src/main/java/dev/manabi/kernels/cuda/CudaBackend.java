package dev.manabi.kernels.cuda;

import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.memory.DeviceMemory;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.LinalgOp;
import dev.manabi.tensor.op.LossOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ViewOp;
import dev.manabi.tensor.run.Backend;
import java.lang.ref.Reference;
import java.util.List;

/**
 * Every op on a GPU, by kernels written by hand. A call returns before its kernels have run; what
 * they note of bad indices is thrown when the host next reads from the device.
 */
public final class CudaBackend implements Backend {
  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Device.Kind kind() {
    return Device.Kind.CUDA;
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public String unavailableBecause() {
    return Gpus.unavailableBecause();
  }

  @Override
  public List<String> describe() {
    return Gpus.describe();
  }

  @Override
  public DeviceMemory memory(Device device) {
    return Gpus.of(device).memory();
  }

  @Override
  public void execute(Op op, Tensor[] inputs, Tensor[] outputs) {
    try {
      dispatch(Gpus.of(outputs[0].device()), op, inputs, outputs);
    } finally {
      Reference.reachabilityFence(inputs);
      Reference.reachabilityFence(outputs);
    }
  }

  private static void dispatch(Gpu gpu, Op op, Tensor[] in, Tensor[] out) {
    switch (op) {
      case CreateOp create -> Creation.run(gpu, create, out[0]);
      case ElementwiseOp elementwise -> Elementwise.run(gpu, elementwise, in, out[0]);
      case ReduceOp reduce -> Reductions.run(gpu, reduce, in[0], out[0]);
      case IndexOp index -> Indexes.run(gpu, index, in, out[0]);
      case LinalgOp linalg -> Products.run(gpu, linalg, in, out[0]);
      case ConvOp conv -> Convolutions.run(gpu, conv, in, out[0]);
      case PoolOp pool -> Pools.run(gpu, pool, in, out);
      case NormOp norm -> Norms.run(gpu, norm, in, out);
      case LossOp loss -> Losses.run(gpu, loss, in, out);
      case OptimOp optim -> Optimizers.run(gpu, optim, in, out);
      case ViewOp view -> throw noKernel(view);
      case CustomOp custom -> throw noKernel(custom);
    }
  }

  private static IllegalArgumentException noKernel(Op op) {
    return new IllegalArgumentException(op.name() + ": the interpreter runs it without a backend");
  }
}
