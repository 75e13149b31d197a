package dev.manabi.autograd;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.LossOp;
import dev.manabi.tensor.op.LossOp.CrossEntropy;
import dev.manabi.tensor.op.LossOp.CrossEntropyGrad;
import dev.manabi.tensor.run.Interpreter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Fused cross-entropy, and its gradient. */
final class LossVjp {
  private LossVjp() {}

  static @Nullable Tensor[] of(LossOp op, Call call, @Nullable Tensor[] g) {
    return switch (op) {
      case CrossEntropy(double smoothing, int ignore) ->
          Call.gradients(crossEntropy(new CrossEntropyGrad(smoothing, ignore), call, g), null);
      case CrossEntropyGrad grad -> crossEntropyGrad(grad, call, Objects.requireNonNull(g[0]));
    };
  }

  /** Inputs {@code (logits, target)}, outputs {@code (loss, logSumExp)}. */
  private static Tensor crossEntropy(CrossEntropyGrad op, Call call, @Nullable Tensor[] g) {
    Tensor logits = call.input(0);
    Tensor logSumExp = call.output(1);
    Tensor ofLoss =
        g[0] == null ? null : Interpreter.run(op, g[0], logits, call.input(1), logSumExp);
    if (g[1] == null) {
      return Objects.requireNonNull(ofLoss);
    }
    Tensor ofSum = probabilities(logits, logSumExp).mul(g[1].unsqueeze(1));
    return ofLoss == null ? ofSum : ofLoss.add(ofSum);
  }

  private static Tensor probabilities(Tensor logits, Tensor logSumExp) {
    return logits.sub(logSumExp.unsqueeze(1)).exp();
  }

  /**
   * The op computes {@code gradLogits = g (p - q)} row by row, with {@code p = exp(logits -
   * logSumExp)} and the target distribution q; rows that are ignored are 0.
   */
  private static @Nullable Tensor[] crossEntropyGrad(CrossEntropyGrad op, Call call, Tensor u) {
    Tensor logits = call.input(1);
    Tensor target = call.input(2).unsqueeze(1);
    Tensor p = probabilities(logits, call.input(3));
    int classes = logits.size(1);
    Tensor hot = target.eq(Grads.range(classes, u)).to(u.dtype());
    Tensor q = hot.mul(1 - op.smoothing()).add(op.smoothing() / classes);
    Tensor counted = u.mul(target.ne(op.ignoreIndex()).to(u.dtype()));
    Tensor g = call.input(0).unsqueeze(1);
    Tensor dLogits = counted.mul(g).mul(p);
    return Call.gradients(counted.mul(p.sub(q)).sum(1), dLogits, null, dLogits.sum(1).neg());
  }
}
