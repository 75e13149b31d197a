package dev.manabi.nn.models;

import dev.manabi.nn.BatchNorm2d;
import dev.manabi.nn.Conv2d;
import dev.manabi.nn.Module;
import dev.manabi.nn.Sequential;
import dev.manabi.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Two 3x3 convolutions whose result is added to their input: the basic block of ResNet (He et al.
 * 2016). {@code [N, in, H, W] -> [N, out, H / stride, W / stride]}
 */
public final class ResidualBlock extends Module {
  private final Conv2d conv1;
  private final BatchNorm2d bn1;
  private final Conv2d conv2;
  private final BatchNorm2d bn2;
  private final @Nullable Sequential downsample;

  /** Where the shape changes, the shortcut is a 1x1 convolution with batch norm. */
  public ResidualBlock(int in, int out, int stride) {
    conv1 = child("conv1", new Conv2d(in, out, 3, o -> o.stride(stride).padding(1).bias(false)));
    bn1 = child("bn1", new BatchNorm2d(out));
    conv2 = child("conv2", new Conv2d(out, out, 3, o -> o.padding(1).bias(false)));
    bn2 = child("bn2", new BatchNorm2d(out));
    downsample =
        stride == 1 && in == out
            ? null
            : child(
                "downsample",
                new Sequential(
                    new Conv2d(in, out, 1, o -> o.stride(stride).bias(false)),
                    new BatchNorm2d(out)));
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor identity = downsample == null ? x : downsample.apply(x);
    Tensor y = bn1.relu(conv1, x);
    return bn2.addRelu(conv2, y, identity);
  }
}
