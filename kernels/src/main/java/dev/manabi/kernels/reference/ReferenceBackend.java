package dev.manabi.kernels.reference;

import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensor;
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
import java.util.Arrays;

/**
 * The backend that defines every op: one plain loop each, for any dtype and any strides, summing in
 * f64. Fast backends are tested against it. It needs no JVM flag and no native library.
 */
public final class ReferenceBackend implements Backend {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public Device.Kind kind() {
    return Device.Kind.CPU;
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public String unavailableBecause() {
    return "";
  }

  @Override
  public void execute(Op op, Tensor[] inputs, Tensor[] outputs) {
    try {
      dispatch(op, elements(inputs), elements(outputs));
    } finally {
      // Elements hold the memory, not the tensor whose collection would release it.
      Reference.reachabilityFence(inputs);
      Reference.reachabilityFence(outputs);
    }
  }

  private static void dispatch(Op op, Elements[] in, Elements[] out) {
    switch (op) {
      case CreateOp create -> Creation.run(create, out[0]);
      case ElementwiseOp elementwise -> Elementwise.run(elementwise, in, out[0]);
      case ReduceOp reduce -> Reductions.run(reduce, in[0], out[0]);
      case IndexOp index -> Indexing.run(index, in, out[0]);
      case LinalgOp linalg -> Products.run(linalg, in, out[0]);
      case ConvOp conv -> Convolutions.run(conv, in, out[0]);
      case PoolOp pool -> Pooling.run(pool, in, out);
      case NormOp norm -> Norms.run(norm, in, out);
      case LossOp loss -> Losses.run(loss, in, out);
      case OptimOp optim -> Optimizers.run(optim, in, out);
      case ViewOp view -> throw noKernel(view);
      case CustomOp custom -> throw noKernel(custom);
    }
  }

  private static Elements[] elements(Tensor[] tensors) {
    return Arrays.stream(tensors).map(Elements::of).toArray(Elements[]::new);
  }

  private static IllegalArgumentException noKernel(Op op) {
    return new IllegalArgumentException(op.name() + ": the interpreter runs it without a backend");
  }
}
