package dev.manabi.kernels.reference;

import dev.manabi.tensor.op.LossOp;

/** Cross-entropy over class indices. */
final class Losses {
  private Losses() {}

  static void run(LossOp op, Elements[] in, Elements[] out) {
    switch (op) {
      case LossOp.CrossEntropy _ -> crossEntropy(op, in[0], in[1], out[0], out[1]);
      case LossOp.CrossEntropyGrad _ -> gradient(op, in[0], in[1], in[2], in[3], out[0]);
    }
  }

  /** {@code loss = logSumExp - sum over c of q[c] * logits[c]} for the target distribution q. */
  private static void crossEntropy(
      LossOp op, Elements logits, Elements target, Elements loss, Elements logSumExp) {
    int classes = logits.dim(1);
    for (int n = 0; n < logits.dim(0); n++) {
      double lse = logSumExp(logits, n);
      long t = target.getLong(target.at(n));
      double expected = 0;
      for (int c = 0; c < classes; c++) {
        double q = probability(op, c, t, classes);
        // A class ruled out by a logit of minus infinity takes no part: 0 * infinity would be NaN.
        expected += q == 0 ? 0 : q * logits.get(logits.at(n, c));
      }
      loss.set(loss.at(n), ignored(op, t, classes) ? 0 : lse - expected);
      logSumExp.set(logSumExp.at(n), lse);
    }
  }

  /** {@code gradLogits[c] = gradLoss * (softmax[c] - q[c])}. */
  private static void gradient(
      LossOp op,
      Elements gradLoss,
      Elements logits,
      Elements target,
      Elements logSumExp,
      Elements y) {
    int classes = logits.dim(1);
    for (int n = 0; n < logits.dim(0); n++) {
      long t = target.getLong(target.at(n));
      double g = ignored(op, t, classes) ? 0 : gradLoss.get(gradLoss.at(n));
      double lse = logSumExp.get(logSumExp.at(n));
      for (int c = 0; c < classes; c++) {
        double softmax = Math.exp(logits.get(logits.at(n, c)) - lse);
        y.set(y.at(n, c), g * (softmax - probability(op, c, t, classes)));
      }
    }
  }

  private static double probability(LossOp op, int c, long target, int classes) {
    return (c == target ? 1 - op.smoothing() : 0) + op.smoothing() / classes;
  }

  private static boolean ignored(LossOp op, long target, int classes) {
    if (target == op.ignoreIndex()) {
      return true;
    }
    if (target < 0 || target >= classes) {
      throw Indexing.outside(op, target, "the classes of logits", classes);
    }
    return false;
  }

  private static double logSumExp(Elements logits, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < logits.dim(1); c++) {
      max = Math.max(max, logits.get(logits.at(n, c)));
    }
    double sum = 0;
    for (int c = 0; c < logits.dim(1); c++) {
      sum += Math.exp(logits.get(logits.at(n, c)) - max);
    }
    return max + Math.log(sum);
  }
}
