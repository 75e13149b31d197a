package dev.manabi.nn.models;

import dev.manabi.nn.AdaptiveAvgPool2d;
import dev.manabi.nn.BatchNorm2d;
import dev.manabi.nn.Conv2d;
import dev.manabi.nn.Linear;
import dev.manabi.nn.Module;
import dev.manabi.nn.Sequential;
import dev.manabi.tensor.Tensor;

/**
 * ResNet-18 (He et al. 2016) for {@code [N, 3, 32, 32]} images: a 3x3 convolution in place of the
 * strided 7x7 one and its pooling, and three stages of 64, 128 and 256 channels with two {@link
 * ResidualBlock}s each. 2,777,674 parameters.
 */
public final class SimpleResNet extends Module {
  private final Conv2d conv1 = child("conv1", new Conv2d(3, 64, 3, o -> o.padding(1).bias(false)));
  private final BatchNorm2d bn1 = child("bn1", new BatchNorm2d(64));
  private final Sequential layer1 = child("layer1", stage(64, 64, 1));
  private final Sequential layer2 = child("layer2", stage(64, 128, 2));
  private final Sequential layer3 = child("layer3", stage(128, 256, 2));
  private final AdaptiveAvgPool2d avgPool = child("avg_pool", new AdaptiveAvgPool2d(1));
  private final Linear fc;

  /** Ten classes. */
  public SimpleResNet() {
    this(10);
  }

  public SimpleResNet(int classes) {
    fc = child("fc", new Linear(256, classes));
  }

  private static Sequential stage(int in, int out, int stride) {
    return new Sequential(new ResidualBlock(in, out, stride), new ResidualBlock(out, out, 1));
  }

  @Override
  public Tensor forward(Tensor x) {
    x = bn1.relu(conv1, x);
    x = layer1.apply(x); // [N, 64, 32, 32]
    x = layer2.apply(x); // [N, 128, 16, 16]
    x = layer3.apply(x); // [N, 256, 8, 8]
    return fc.apply(avgPool.apply(x).flatten(1, -1));
  }
}
