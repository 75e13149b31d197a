package dev.manabi.nn.optim;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.OptimOp;
import java.util.List;

/** Adam (Kingma and Ba 2015); weight decay is added to the gradient. See {@link AdamW}. */
public sealed class Adam extends Optimizer permits AdamW {
  private final double beta1;
  private final double beta2;
  private final double eps;
  private final boolean decoupled;

  public Adam(List<Tensor> parameters, double lr) {
    this(parameters, lr, 0);
  }

  public Adam(List<Tensor> parameters, double lr, double weightDecay) {
    this(List.of(new ParamGroup(parameters, lr, weightDecay)), 0.9, 0.999, 1e-8);
  }

  public Adam(List<ParamGroup> groups, double beta1, double beta2, double eps) {
    this(groups, beta1, beta2, eps, false);
  }

  Adam(List<ParamGroup> groups, double beta1, double beta2, double eps, boolean decoupled) {
    super(groups);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.eps = eps;
    this.decoupled = decoupled;
  }

  @Override
  protected final void update(ParamGroup group, Batch batch) {
    batch.run(
        () ->
            new OptimOp.Adam(
                group.lr(), beta1, beta2, eps, group.weightDecay(), decoupled, batch.step()),
        "exp_avg",
        "exp_avg_sq");
  }
}
