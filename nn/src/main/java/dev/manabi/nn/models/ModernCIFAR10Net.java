package dev.manabi.nn.models;

import dev.manabi.nn.AdaptiveAvgPool2d;
import dev.manabi.nn.BatchNorm2d;
import dev.manabi.nn.Conv2d;
import dev.manabi.nn.Dropout;
import dev.manabi.nn.Linear;
import dev.manabi.nn.MaxPool2d;
import dev.manabi.nn.Module;
import dev.manabi.tensor.Tensor;

/**
 * Six 3x3 convolutions without biases, batch norm, and global average pooling in place of wide
 * linear layers, for {@code [N, 3, 32, 32]} images: 4,507,722 parameters. (The modern CIFAR10Net;
 * see {@link CIFAR10Net} for the one in the style of VGG.)
 */
public final class ModernCIFAR10Net extends Module {
  private final Conv2d conv1 = child("conv1", conv(3, 64));
  private final BatchNorm2d bn1 = child("bn1", new BatchNorm2d(64));
  private final Conv2d conv2 = child("conv2", conv(64, 128));
  private final BatchNorm2d bn2 = child("bn2", new BatchNorm2d(128));
  private final Conv2d conv3 = child("conv3", conv(128, 256));
  private final BatchNorm2d bn3 = child("bn3", new BatchNorm2d(256));
  private final Conv2d conv4 = child("conv4", conv(256, 256));
  private final BatchNorm2d bn4 = child("bn4", new BatchNorm2d(256));
  private final Conv2d conv5 = child("conv5", conv(256, 512));
  private final BatchNorm2d bn5 = child("bn5", new BatchNorm2d(512));
  private final Conv2d conv6 = child("conv6", conv(512, 512));
  private final BatchNorm2d bn6 = child("bn6", new BatchNorm2d(512));
  private final MaxPool2d pool = child("pool", new MaxPool2d(2, 2));
  private final AdaptiveAvgPool2d gap = child("gap", new AdaptiveAvgPool2d(1));
  private final Linear fc;
  private final Dropout dropout;

  /** Ten classes. */
  public ModernCIFAR10Net() {
    this(10);
  }

  public ModernCIFAR10Net(int classes) {
    fc = child("fc", new Linear(512, classes));
    dropout = child("dropout", new Dropout(0.5));
  }

  private static Conv2d conv(int in, int out) {
    return new Conv2d(in, out, 3, o -> o.padding(1).bias(false));
  }

  @Override
  public Tensor forward(Tensor x) {
    x = pool.apply(bn1.relu(conv1, x)); // [N, 64, 16, 16]
    x = pool.apply(bn2.relu(conv2, x)); // [N, 128, 8, 8]
    x = bn3.relu(conv3, x);
    x = pool.apply(bn4.relu(conv4, x)); // [N, 256, 4, 4]
    x = bn5.relu(conv5, x);
    x = bn6.relu(conv6, x);
    x = gap.apply(x).flatten(1, -1); // [N, 512]
    return fc.apply(dropout.apply(x));
  }
}
