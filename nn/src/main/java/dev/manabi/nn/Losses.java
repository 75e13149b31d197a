package dev.manabi.nn;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorNN;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.ShapeException;

/** The usual losses; each is the mean over the batch. Formulas are PyTorch's. */
public final class Losses {
  private Losses() {}

  /**
   * Cross-entropy of logits {@code [N, C]} or {@code [N, C, ..]} with class indices {@code [N]} or
   * {@code [N, ..]}, or with probabilities of the logits' shape (soft targets).
   */
  public static Loss crossEntropy() {
    return crossEntropy(0);
  }

  /** Cross-entropy with label smoothing (Szegedy et al. 2016). */
  public static Loss crossEntropy(double smoothing) {
    return crossEntropy(smoothing, TensorNN.NO_IGNORE);
  }

  /** Cross-entropy that leaves out places whose class is {@code ignoreIndex}. */
  public static Loss crossEntropy(double smoothing, int ignoreIndex) {
    return (logits, target) ->
        target.dtype().isFloating()
            ? softCrossEntropy(logits, target, smoothing)
            : hardCrossEntropy(logits, target, smoothing, ignoreIndex);
  }

  private static Tensor hardCrossEntropy(
      Tensor logits, Tensor target, double smoothing, int ignoreIndex) {
    Tensor rows = logits.rank() > 2 ? logits.moveAxis(1, -1).flatten(0, -2) : logits;
    Tensor classes = target.flatten().to(DType.I64);
    Tensor losses = rows.crossEntropy(classes, smoothing, ignoreIndex);
    return losses.sum().div(classes.ne(ignoreIndex).sum().to(losses.dtype()));
  }

  private static Tensor softCrossEntropy(Tensor logits, Tensor target, double smoothing) {
    requireSameShape("cross_entropy", logits, target);
    Tensor p = target.mul(1 - smoothing).add(smoothing / logits.size(1));
    Tensor perPlace = logits.logSoftmax(1).mul(p).sum(1).neg();
    return perPlace.mean();
  }

  /** Negative log-likelihood of log-probabilities {@code [N, C]} with class indices {@code [N]}. */
  public static Loss nll() {
    return (logProbs, target) -> logProbs.gather(1, target.unsqueeze(1)).mean().neg();
  }

  /** Mean squared error. */
  public static Loss mse() {
    return (output, target) -> {
      requireSameShape("mse", output, target);
      return output.sub(target).square().mean();
    };
  }

  /** Mean absolute error. */
  public static Loss l1() {
    return (output, target) -> {
      requireSameShape("l1", output, target);
      return output.sub(target).abs().mean();
    };
  }

  /** Quadratic below {@code beta}, linear above (Girshick 2015). */
  public static Loss smoothL1(double beta) {
    return (output, target) -> {
      requireSameShape("smooth_l1", output, target);
      Tensor d = output.sub(target).abs();
      return Tensors.where(d.lt(beta), d.square().mul(0.5 / beta), d.sub(0.5 * beta)).mean();
    };
  }

  /** Binary cross-entropy of probabilities; logarithms are cut at -100. */
  public static Loss bce() {
    return (output, target) -> {
      requireSameShape("bce", output, target);
      Tensor hit = target.mul(output.log().maximum(-100));
      Tensor miss = target.rsub(1).mul(output.rsub(1).log().maximum(-100));
      return hit.add(miss).mean().neg();
    };
  }

  /** Binary cross-entropy of logits, without overflow. */
  public static Loss bceWithLogits() {
    return (logits, target) -> {
      requireSameShape("bce_with_logits", logits, target);
      return logits.softplus().sub(logits.mul(target)).mean();
    };
  }

  /**
   * Kullback-Leibler divergence of log-probabilities from probabilities, summed over the batch's N.
   */
  public static Loss klDiv() {
    return (logProbs, target) -> {
      requireSameShape("kl_div", logProbs, target);
      Tensor entropy =
          Tensors.where(target.gt(0), target.mul(target.maximum(1e-38).log()), target.mul(0));
      return entropy.sub(target.mul(logProbs)).sum().div(logProbs.size(0));
    };
  }

  /**
   * Knowledge distillation (Hinton et al. 2015): {@code alpha * T^2 * KL(teacher, student)} at
   * temperature T plus {@code (1 - alpha)} times the cross-entropy with the classes.
   *
   * @param teacherLogits the teacher's logits for this batch, {@code [N, C]}
   */
  public static Tensor distillation(
      Tensor studentLogits, Tensor teacherLogits, Tensor target, double temperature, double alpha) {
    Tensor soft = teacherLogits.detach().div(temperature).softmax(1);
    Tensor kl = klDiv().apply(studentLogits.div(temperature).logSoftmax(1), soft);
    Tensor hard = crossEntropy().apply(studentLogits, target);
    return kl.mul(alpha * temperature * temperature).add(hard.mul(1 - alpha));
  }

  private static void requireSameShape(String op, Tensor output, Tensor target) {
    if (!output.shape().equals(target.shape()) || target.dtype() == DType.BOOL) {
      throw ShapeException.of(op, "output and target differ in shape")
          .operand("output", output.spec())
          .operand("target", target.spec())
          .fix("give a floating target of the output's shape");
    }
  }
}
