package dev.manabi.nn.optim;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.OptimOp;
import java.util.List;

/** Stochastic gradient descent with optional momentum (Nesterov's if asked) and weight decay. */
public final class SGD extends Optimizer {
  private final double momentum;
  private final double dampening;
  private final boolean nesterov;

  public SGD(List<Tensor> parameters, double lr) {
    this(parameters, lr, 0, 0, false);
  }

  public SGD(
      List<Tensor> parameters, double lr, double momentum, double weightDecay, boolean nesterov) {
    this(List.of(new ParamGroup(parameters, lr, weightDecay)), momentum, 0, nesterov);
  }

  public SGD(List<ParamGroup> groups, double momentum, double dampening, boolean nesterov) {
    super(groups);
    if (nesterov && (momentum <= 0 || dampening != 0)) {
      throw new IllegalArgumentException(
          "SGD: Nesterov needs momentum above 0 and no dampening, found "
              + momentum
              + " and "
              + dampening);
    }
    this.momentum = momentum;
    this.dampening = dampening;
    this.nesterov = nesterov;
  }

  @Override
  protected void update(ParamGroup group, Batch batch) {
    String[] state = momentum == 0 ? new String[0] : new String[] {"momentum_buffer"};
    batch.run(
        () ->
            new OptimOp.Sgd(
                group.lr(), momentum, dampening, group.weightDecay(), nesterov, batch.isFresh()),
        state);
  }
}
