package dev.manabi.nn.models;

import dev.manabi.nn.Linear;
import dev.manabi.nn.Module;
import dev.manabi.tensor.Tensor;

/** A multi-layer perceptron 784-128-64-10 for {@code [N, 1, 28, 28]} digits. */
public final class MNISTClassifier extends Module {
  private final Linear layer1 = child("layer1", new Linear(784, 128));
  private final Linear layer2 = child("layer2", new Linear(128, 64));
  private final Linear layer3 = child("layer3", new Linear(64, 10));

  @Override
  public Tensor forward(Tensor x) {
    x = x.flatten(1, -1);
    x = layer1.relu(x);
    x = layer2.relu(x);
    return layer3.apply(x);
  }
}
