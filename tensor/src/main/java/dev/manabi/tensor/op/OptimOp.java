package dev.manabi.tensor.op;

/**
 * Optimizer updates of one parameter, each as one sweep. The outputs are the new values of the
 * listed inputs, and are written in place. The formulas are PyTorch's.
 */
public sealed interface OptimOp extends Op {

  /**
   * {@code (param, grad) -> (param)} without momentum, {@code (param, grad, buffer) -> (param,
   * buffer)} with it. With {@code d = grad + weightDecay * param}: {@code buffer = first ? d :
   * momentum * buffer + (1 - dampening) * d}, then {@code d = nesterov ? d + momentum * buffer :
   * buffer}, then {@code param -= lr * d} (Sutskever et al. 2013).
   */
  record Sgd(
      double lr,
      double momentum,
      double dampening,
      double weightDecay,
      boolean nesterov,
      boolean first)
      implements OptimOp {
    @Override
    public String name() {
      return "sgd";
    }
  }

  /**
   * {@code (param, grad, m, v) -> (param, m, v)}: Adam (Kingma and Ba 2015), or AdamW (Loshchilov
   * and Hutter 2019) if the weight decay is {@code decoupled}. {@code step} counts from 1.
   */
  record Adam(
      double lr,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      boolean decoupled,
      long step)
      implements OptimOp {
    @Override
    public String name() {
      return "adam";
    }
  }
}
