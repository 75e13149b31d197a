package dev.manabi.bench.torch;

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
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Every op as libtorch computes it, for comparing values and speed. Where libtorch has the same op,
 * that is called; what it has only in parts is put together from its own ops. All of it can be
 * differentiated by libtorch's autograd, so the gradients can be compared too.
 */
public final class TorchOps {
  private TorchOps() {}

  /** What libtorch makes of an op. */
  public sealed interface Result {}

  /** The op's outputs, in the order in which the engine gives them. */
  public record Outputs(List<Tensor> tensors) implements Result {}

  /** libtorch has nothing that must give the same values. */
  public record NoPeer(String reason) implements Result {}

  static Result outputs(Tensor... tensors) {
    return new Outputs(List.of(tensors));
  }

  /** Runs {@code op} in libtorch on inputs that are the peers of the engine's. */
  public static Result run(Op op, Tensor... in) {
    return switch (op) {
      case CreateOp o -> TorchCreation.run(o);
      case ElementwiseOp o -> TorchElementwise.run(o, in);
      case ViewOp o -> outputs(TorchViews.run(o, in[0]));
      case ReduceOp o -> outputs(TorchReductions.run(o, in[0]));
      case IndexOp o -> outputs(TorchIndexing.run(o, in));
      case LinalgOp o -> outputs(TorchProducts.run(o, in));
      case ConvOp o -> outputs(TorchConvolutions.run(o, in));
      case PoolOp o -> outputs(TorchPooling.run(o, in));
      case NormOp o -> outputs(TorchNorms.run(o, in));
      case LossOp o -> outputs(TorchLosses.run(o, in));
      case OptimOp o -> outputs(TorchOptimizers.run(o, in));
      case CustomOp o -> new NoPeer("what " + o.name() + " computes is known to its author only");
    };
  }

  /**
   * Computes f16 and bf16 in f32 and rounds the result, as the engine does. libtorch by itself
   * rounds between the ops of which a peer is put together, and, as the processor has it or not,
   * between the partial sums of a convolution.
   */
  static Tensor roundedOnce(Tensor[] in, Function<Tensor[], Tensor> compute) {
    ScalarType type = in[0].scalar_type().intern();
    if (type != ScalarType.Half && type != ScalarType.BFloat16) {
      return compute.apply(in);
    }
    Tensor[] wide = new Tensor[in.length];
    for (int i = 0; i < in.length; i++) {
      wide[i] = in[i].to(ScalarType.Float);
    }
    return compute.apply(wide).to(type);
  }

  /**
   * The transpose of a linear map, applied to {@code g}: libtorch's own gradient of the map, which
   * does not depend on where it is taken.
   *
   * @param shape the shape of what the map takes
   */
  static Tensor transpose(UnaryOperator<Tensor> map, long[] shape, Tensor g) {
    Tensor x = torch.zeros(shape, Peers.typeOf(g)).requires_grad_(true);
    return Torch.grad(map.apply(x), g, true, x).getFirst();
  }
}
