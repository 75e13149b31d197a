package dev.manabi.nn.optim;

import dev.manabi.tensor.Tensor;
import java.util.List;

/** Parameters that share a learning rate and a weight decay. */
public final class ParamGroup {
  private final List<Tensor> parameters;
  private final double initialLr;
  private double lr;
  private double weightDecay;

  public ParamGroup(List<Tensor> parameters, double lr, double weightDecay) {
    if (!(lr >= 0) || !(weightDecay >= 0)) {
      throw new IllegalArgumentException(
          "optimizer: rate and weight decay must not be negative, found "
              + lr
              + " and "
              + weightDecay);
    }
    this.parameters = List.copyOf(parameters);
    this.initialLr = lr;
    this.lr = lr;
    this.weightDecay = weightDecay;
  }

  public List<Tensor> parameters() {
    return parameters;
  }

  /** The rate this group was made with, which schedules start from. */
  public double initialLr() {
    return initialLr;
  }

  public double lr() {
    return lr;
  }

  public void setLr(double rate) {
    lr = rate;
  }

  public double weightDecay() {
    return weightDecay;
  }

  public void setWeightDecay(double decay) {
    weightDecay = decay;
  }
}
