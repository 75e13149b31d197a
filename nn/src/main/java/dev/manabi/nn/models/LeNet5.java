package dev.manabi.nn.models;

import dev.manabi.nn.AvgPool2d;
import dev.manabi.nn.Conv2d;
import dev.manabi.nn.Linear;
import dev.manabi.nn.Module;
import dev.manabi.tensor.Tensor;

/**
 * LeNet-5 (LeCun et al. 1998) with ReLU and average pooling, for {@code [N, 1, 28, 28]} digits:
 * 44,426 parameters.
 */
public final class LeNet5 extends Module {
  private final Conv2d conv1 = child("conv1", new Conv2d(1, 6, 5));
  private final AvgPool2d pool1 = child("pool1", new AvgPool2d(2));
  private final Conv2d conv2 = child("conv2", new Conv2d(6, 16, 5));
  private final AvgPool2d pool2 = child("pool2", new AvgPool2d(2));
  private final Linear fc1 = child("fc1", new Linear(16 * 4 * 4, 120));
  private final Linear fc2 = child("fc2", new Linear(120, 84));
  private final Linear fc3;

  /** Ten classes. */
  public LeNet5() {
    this(10);
  }

  public LeNet5(int classes) {
    fc3 = child("fc3", new Linear(84, classes));
  }

  @Override
  public Tensor forward(Tensor x) {
    x = pool1.apply(conv1.relu(x)); // [N, 6, 12, 12]
    x = pool2.apply(conv2.relu(x)); // [N, 16, 4, 4]
    x = x.flatten(1, -1);
    x = fc1.relu(x);
    x = fc2.relu(x);
    return fc3.apply(x);
  }
}
