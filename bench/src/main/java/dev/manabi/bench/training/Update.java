package dev.manabi.bench.training;

import dev.manabi.nn.optim.Adam;
import dev.manabi.nn.optim.Optimizer;
import dev.manabi.nn.optim.SGD;
import dev.manabi.tensor.Tensor;
import java.util.List;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.TensorVector;

/** How weights are changed: an optimizer of the engine, and libtorch's own of the same settings. */
public sealed interface Update {
  /** The engine's optimizer. */
  Optimizer ours(List<Tensor> parameters);

  /** libtorch's. */
  org.bytedeco.pytorch.Optimizer libtorch(TensorVector parameters);

  /** Stochastic gradient descent. */
  record Sgd(double lr, double momentum, double weightDecay) implements Update {
    @Override
    public Optimizer ours(List<Tensor> parameters) {
      return new SGD(parameters, lr, momentum, weightDecay, false);
    }

    @Override
    public org.bytedeco.pytorch.Optimizer libtorch(TensorVector parameters) {
      SGDOptions options = new SGDOptions(lr);
      options.momentum().put(momentum);
      options.weight_decay().put(weightDecay);
      return new org.bytedeco.pytorch.SGD(parameters, options);
    }

    @Override
    public String toString() {
      return momentum == 0 ? "SGD" : "SGD momentum";
    }
  }

  /** Adam with weight decay added to the gradient. */
  record AdamUpdate(double lr, double weightDecay) implements Update {
    @Override
    public Optimizer ours(List<Tensor> parameters) {
      return new Adam(parameters, lr, weightDecay);
    }

    @Override
    public org.bytedeco.pytorch.Optimizer libtorch(TensorVector parameters) {
      AdamOptions options = new AdamOptions(lr);
      options.weight_decay().put(weightDecay);
      return new org.bytedeco.pytorch.Adam(parameters, options);
    }

    @Override
    public String toString() {
      return "Adam";
    }
  }
}
