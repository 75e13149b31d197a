package dev.manabi.bench.torch;

import dev.manabi.tensor.op.LinalgOp;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Matrix products. */
final class TorchProducts {
  private TorchProducts() {}

  static Tensor run(LinalgOp op, Tensor[] in) {
    return switch (op) {
      case LinalgOp.MatMul matMul -> torch.matmul(in[0], in[1]);
      case LinalgOp.Linear(boolean relu) -> TorchOps.roundedOnce(in, x -> linear(relu, x));
    };
  }

  private static Tensor linear(boolean relu, Tensor[] in) {
    Tensor y = in.length == 2 ? torch.linear(in[0], in[1]) : torch.linear(in[0], in[1], in[2]);
    return TorchNorms.finish(relu, in, y);
  }
}
