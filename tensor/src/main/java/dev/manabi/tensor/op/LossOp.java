package dev.manabi.tensor.op;

/**
 * Softmax and cross-entropy in one pass over class indices. The target distribution of row {@code
 * n} gives class {@code target[n]} the weight {@code 1 - smoothing} and spreads {@code smoothing}
 * evenly over all C classes (Szegedy et al. 2016). Rows whose target is {@code ignoreIndex} have
 * loss 0 and gradient 0.
 */
public sealed interface LossOp extends Op {
  double smoothing();

  int ignoreIndex();

  /** {@code (logits [N, C], target i64 [N]) -> (loss [N], logSumExp [N])}. */
  record CrossEntropy(double smoothing, int ignoreIndex) implements LossOp {
    @Override
    public String name() {
      return "cross_entropy";
    }
  }

  /** {@code (gradLoss [N], logits, target, logSumExp) -> gradLogits [N, C]}. */
  record CrossEntropyGrad(double smoothing, int ignoreIndex) implements LossOp {
    @Override
    public String name() {
      return "cross_entropy_grad";
    }
  }
}
