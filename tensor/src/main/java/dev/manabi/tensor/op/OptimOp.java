package dev.manabi.tensor.op;

/**
 * Optimizer updates of any number of parameters in one sweep. {@code params} stands for n tensors
 * of one dtype, each of the other names for n tensors too, in the same order, whose shapes are the
 * parameters'. The outputs are the new values of the listed inputs, and are written in place. The
 * formulas are PyTorch's, and are applied to every parameter alone.
 */
public sealed interface OptimOp extends Op {

  /** How many inputs belong to each parameter: itself, its gradient, and its state. */
  int inputsPerParameter();

  /**
   * {@code (params, grads) -> (params)} without momentum, {@code (params, grads, buffers) ->
   * (params, buffers)} with it. With {@code d = grad + weightDecay * param}: {@code buffer = first
   * ? d : momentum * buffer + (1 - dampening) * d}, then {@code d = nesterov ? d + momentum *
   * buffer : buffer}, then {@code param -= lr * d} (Sutskever et al. 2013).
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

    @Override
    public int inputsPerParameter() {
      return momentum == 0 ? 2 : 3;
    }
  }

  /**
   * {@code (params, grads, ms, vs) -> (params, ms, vs)}: Adam (Kingma and Ba 2015), or AdamW
   * (Loshchilov and Hutter 2019) if the weight decay is {@code decoupled}. {@code step} counts from
   * 1 and is the same for all.
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

    @Override
    public int inputsPerParameter() {
      return 4;
    }
  }
}
