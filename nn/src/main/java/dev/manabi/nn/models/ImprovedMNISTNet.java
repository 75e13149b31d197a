package dev.manabi.nn.models;

import dev.manabi.nn.BatchNorm1d;
import dev.manabi.nn.BatchNorm2d;
import dev.manabi.nn.Conv2d;
import dev.manabi.nn.Dropout;
import dev.manabi.nn.Linear;
import dev.manabi.nn.MaxPool2d;
import dev.manabi.nn.Module;
import dev.manabi.tensor.Tensor;

/** Three blocks of convolution, batch norm and pooling for {@code [N, 1, 28, 28]} digits. */
public final class ImprovedMNISTNet extends Module {
  private final Conv2d conv1 = child("conv1", new Conv2d(1, 32, 3, o -> o.padding(1)));
  private final BatchNorm2d bn1 = child("bn1", new BatchNorm2d(32));
  private final Conv2d conv2 = child("conv2", new Conv2d(32, 64, 3, o -> o.padding(1)));
  private final BatchNorm2d bn2 = child("bn2", new BatchNorm2d(64));
  private final Conv2d conv3 = child("conv3", new Conv2d(64, 128, 3, o -> o.padding(1)));
  private final BatchNorm2d bn3 = child("bn3", new BatchNorm2d(128));
  private final MaxPool2d pool = child("pool", new MaxPool2d(2, 2));
  private final Linear fc1 = child("fc1", new Linear(128 * 3 * 3, 256));
  private final BatchNorm1d bnFc = child("bn_fc", new BatchNorm1d(256));
  private final Linear fc2 = child("fc2", new Linear(256, 10));
  private final Dropout dropout = child("dropout", new Dropout(0.5));

  @Override
  public Tensor forward(Tensor x) {
    x = pool.apply(bn1.relu(conv1, x)); // [N, 32, 14, 14]
    x = pool.apply(bn2.relu(conv2, x)); // [N, 64, 7, 7]
    x = pool.apply(bn3.relu(conv3, x)); // [N, 128, 3, 3]
    x = x.flatten(1, -1);
    x = dropout.apply(bnFc.relu(fc1, x));
    return fc2.apply(x);
  }
}
