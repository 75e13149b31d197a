package dev.manabi.nn.models;

import dev.manabi.nn.Conv2d;
import dev.manabi.nn.Dropout;
import dev.manabi.nn.Linear;
import dev.manabi.nn.MaxPool2d;
import dev.manabi.nn.Module;
import dev.manabi.tensor.Tensor;

/** Two convolutions and two linear layers for {@code [N, 1, 28, 28]} digits: 184,586 parameters. */
public final class MNISTNet extends Module {
  private final Conv2d conv1 = child("conv1", new Conv2d(1, 32, 5));
  private final Conv2d conv2 = child("conv2", new Conv2d(32, 64, 5));
  private final MaxPool2d pool = child("pool", new MaxPool2d(2, 2));
  private final Linear fc1 = child("fc1", new Linear(64 * 4 * 4, 128));
  private final Linear fc2 = child("fc2", new Linear(128, 10));
  private final Dropout dropout = child("dropout", new Dropout(0.5));

  @Override
  public Tensor forward(Tensor x) {
    x = pool.apply(conv1.relu(x)); // [N, 32, 12, 12]
    x = pool.apply(conv2.relu(x)); // [N, 64, 4, 4]
    x = x.flatten(1, -1);
    x = dropout.apply(fc1.relu(x));
    return fc2.apply(x);
  }
}
