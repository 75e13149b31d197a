package dev.manabi.bench.torch;

import dev.manabi.tensor.op.LossOp;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Fused cross-entropy and its gradient. */
final class TorchLosses {
  /** {@code at::Reduction::None}. */
  private static final long NO_REDUCTION = 0;

  private TorchLosses() {}

  static Tensor[] run(LossOp op, Tensor[] in) {
    return switch (op) {
      case LossOp.CrossEntropy(double smoothing, int ignoreIndex) -> {
        Tensor loss =
            torch.cross_entropy_loss(
                in[0], in[1], new TensorOptional(), NO_REDUCTION, ignoreIndex, smoothing);
        yield new Tensor[] {loss, torch.logsumexp(in[0], 1)};
      }
      case LossOp.CrossEntropyGrad grad -> new Tensor[] {gradient(grad, in)};
    };
  }

  /** {@code g (p - q)} with the probabilities p and the target distribution q, in f32 at least. */
  private static Tensor gradient(LossOp.CrossEntropyGrad op, Tensor[] in) {
    Tensor g = TorchNorms.widen(in[0]);
    Tensor logits = TorchNorms.widen(in[1]);
    Tensor target = in[2].unsqueeze(1);
    Tensor p = logits.sub(TorchNorms.widen(in[3]).unsqueeze(1)).exp();
    long classes = logits.size(1);
    Tensor hot =
        target
            .eq(torch.arange(new Scalar(classes), new TensorOptions(ScalarType.Long)))
            .to(logits.scalar_type());
    Tensor q = hot.mul(new Scalar(1 - op.smoothing())).add(new Scalar(op.smoothing() / classes));
    Tensor ignored = target.eq(new Scalar(op.ignoreIndex()));
    return g.unsqueeze(1).mul(p.sub(q)).masked_fill(ignored, new Scalar(0)).to(in[0].scalar_type());
  }
}
