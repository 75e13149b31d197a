package dev.manabi.kernels.cpu;

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

/**
 * The CPU backend: every topic of ops is handed to the class that holds its kernels.
 *
 * <p>This class names no type of {@code jdk.incubator.vector}, so it loads where that module is
 * missing and can say so; the kernel classes are first touched by {@link #execute}.
 */
public final class CpuBackend implements Backend {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Device.Kind kind() {
    return Device.Kind.CPU;
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public String unavailableBecause() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()
        ? ""
        : "manabi: running on scalar kernels; add --add-modules " + VECTOR_MODULE + " for SIMD";
  }

  @Override
  public void execute(Op op, Tensor[] inputs, Tensor[] outputs) {
    try {
      dispatch(op, inputs, outputs);
    } finally {
      // Kernels work on raw addresses: nothing else keeps the tensors' memory from being collected.
      Reference.reachabilityFence(inputs);
      Reference.reachabilityFence(outputs);
    }
  }

  static void dispatch(Op op, Tensor[] inputs, Tensor[] outputs) {
    switch (op) {
      case ElementwiseOp e -> Elementwise.run(e, inputs, outputs[0]);
      case CreateOp c -> Creation.run(c, outputs[0]);
      case OptimOp o -> Optimizers.run(o, inputs, outputs);
      case LinalgOp l -> Products.run(l, inputs, outputs);
      case ConvOp c -> Convolutions.run(c, inputs, outputs);
      case ReduceOp r -> Reductions.run(r, inputs, outputs);
      case IndexOp i -> Indexes.run(i, inputs, outputs);
      case PoolOp p -> Pools.run(p, inputs, outputs);
      case NormOp n -> Norms.run(n, inputs, outputs);
      case LossOp l -> Losses.run(l, inputs, outputs);
      case ViewOp v ->
          throw new IllegalArgumentException(v.name() + " is a view: it has no kernel");
      case CustomOp c -> throw new IllegalArgumentException(c.name() + " brings its own forward");
    }
  }

  /**
   * For what has no SIMD kernel in the operands' type: f16 and bf16 are widened to f32, everything
   * else runs on the defining scalar loops, on all threads.
   */
  static void reference(Op op, Tensor[] inputs, Tensor[] outputs) {
    if (Widened.concerns(inputs)) {
      Widened.run(op, inputs, outputs);
      return;
    }
    Shares.run(op, inputs, outputs);
  }
}
