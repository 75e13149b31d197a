package dev.manabi.nn.models;

import dev.manabi.nn.BatchNorm1d;
import dev.manabi.nn.BatchNorm2d;
import dev.manabi.nn.Conv2d;
import dev.manabi.nn.Dropout;
import dev.manabi.nn.Linear;
import dev.manabi.nn.MaxPool2d;
import dev.manabi.nn.Module;
import dev.manabi.tensor.Tensor;

/**
 * Seven 3x3 convolutions with batch norm in three blocks, in the style of VGG (Simonyan and
 * Zisserman 2015), for {@code [N, 3, 32, 32]} images: 3,841,610 parameters. Its modern sister is
 * {@link ModernCIFAR10Net}.
 */
public final class CIFAR10Net extends Module {
  private final Conv2d conv11 = child("conv1_1", conv(3, 64));
  private final BatchNorm2d bn11 = child("bn1_1", new BatchNorm2d(64));
  private final Conv2d conv12 = child("conv1_2", conv(64, 64));
  private final BatchNorm2d bn12 = child("bn1_2", new BatchNorm2d(64));

  private final Conv2d conv21 = child("conv2_1", conv(64, 128));
  private final BatchNorm2d bn21 = child("bn2_1", new BatchNorm2d(128));
  private final Conv2d conv22 = child("conv2_2", conv(128, 128));
  private final BatchNorm2d bn22 = child("bn2_2", new BatchNorm2d(128));

  private final Conv2d conv31 = child("conv3_1", conv(128, 256));
  private final BatchNorm2d bn31 = child("bn3_1", new BatchNorm2d(256));
  private final Conv2d conv32 = child("conv3_2", conv(256, 256));
  private final BatchNorm2d bn32 = child("bn3_2", new BatchNorm2d(256));
  private final Conv2d conv33 = child("conv3_3", conv(256, 256));
  private final BatchNorm2d bn33 = child("bn3_3", new BatchNorm2d(256));

  private final MaxPool2d pool = child("pool", new MaxPool2d(2, 2));
  private final Linear fc1 = child("fc1", new Linear(256 * 4 * 4, 512));
  private final BatchNorm1d bnFc1 = child("bn_fc1", new BatchNorm1d(512));
  private final Linear fc2;
  private final Dropout dropout;

  /** Ten classes. */
  public CIFAR10Net() {
    this(10);
  }

  public CIFAR10Net(int classes) {
    fc2 = child("fc2", new Linear(512, classes));
    dropout = child("dropout", new Dropout(0.5));
  }

  private static Conv2d conv(int in, int out) {
    return new Conv2d(in, out, 3, o -> o.padding(1));
  }

  @Override
  public Tensor forward(Tensor x) {
    x = bn11.relu(conv11, x);
    x = bn12.relu(conv12, x);
    x = pool.apply(x); // [N, 64, 16, 16]
    x = bn21.relu(conv21, x);
    x = bn22.relu(conv22, x);
    x = pool.apply(x); // [N, 128, 8, 8]
    x = bn31.relu(conv31, x);
    x = bn32.relu(conv32, x);
    x = bn33.relu(conv33, x);
    x = pool.apply(x); // [N, 256, 4, 4]
    x = x.flatten(1, -1);
    x = dropout.apply(bnFc1.relu(fc1, x));
    return fc2.apply(x);
  }
}
