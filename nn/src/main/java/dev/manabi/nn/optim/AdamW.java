package dev.manabi.nn.optim;

import dev.manabi.tensor.Tensor;
import java.util.List;

/** Adam whose weight decay shrinks the weights themselves (Loshchilov and Hutter 2019). */
public final class AdamW extends Adam {
  public AdamW(List<Tensor> parameters, double lr, double weightDecay) {
    this(List.of(new ParamGroup(parameters, lr, weightDecay)), 0.9, 0.999, 1e-8);
  }

  public AdamW(List<ParamGroup> groups, double beta1, double beta2, double eps) {
    super(groups, beta1, beta2, eps, true);
  }
}
