package dev.manabi.bench.torch;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Models of the engine as one writes them in libtorch, on parameters of the same names. */
public enum TorchNet {
  /** {@code dev.manabi.nn.models.MNISTClassifier}. */
  MNIST_CLASSIFIER {
    @Override
    public Tensor forward(Map<String, Tensor> p, Tensor x, boolean dropout) {
      x = x.flatten(1, -1);
      x = linear(p, "layer1", x).relu();
      x = linear(p, "layer2", x).relu();
      return linear(p, "layer3", x);
    }
  },
  /** {@code dev.manabi.nn.models.MNISTNet}. */
  MNIST_NET {
    @Override
    public Tensor forward(Map<String, Tensor> p, Tensor x, boolean dropout) {
      x = torch.max_pool2d(conv(p, "conv1", x).relu(), 2, 2);
      x = torch.max_pool2d(conv(p, "conv2", x).relu(), 2, 2);
      x = x.flatten(1, -1);
      x = torch.dropout(linear(p, "fc1", x).relu(), 0.5, dropout);
      return linear(p, "fc2", x);
    }
  },
  /** {@code dev.manabi.nn.models.LeNet5}. */
  LENET5 {
    @Override
    public Tensor forward(Map<String, Tensor> p, Tensor x, boolean dropout) {
      x = torch.avg_pool2d(conv(p, "conv1", x).relu(), 2, 2);
      x = torch.avg_pool2d(conv(p, "conv2", x).relu(), 2, 2);
      x = x.flatten(1, -1);
      x = linear(p, "fc1", x).relu();
      x = linear(p, "fc2", x).relu();
      return linear(p, "fc3", x);
    }
  },
  /** {@code dev.manabi.nn.models.CIFAR10Net}. */
  CIFAR10_NET {
    @Override
    public Tensor forward(Map<String, Tensor> p, Tensor x, boolean dropout) {
      x = norm(p, "bn1_1", conv3x3(p, "conv1_1", x)).relu();
      x = norm(p, "bn1_2", conv3x3(p, "conv1_2", x)).relu();
      x = torch.max_pool2d(x, 2, 2);
      x = norm(p, "bn2_1", conv3x3(p, "conv2_1", x)).relu();
      x = norm(p, "bn2_2", conv3x3(p, "conv2_2", x)).relu();
      x = torch.max_pool2d(x, 2, 2);
      x = norm(p, "bn3_1", conv3x3(p, "conv3_1", x)).relu();
      x = norm(p, "bn3_2", conv3x3(p, "conv3_2", x)).relu();
      x = norm(p, "bn3_3", conv3x3(p, "conv3_3", x)).relu();
      x = torch.max_pool2d(x, 2, 2);
      x = x.flatten(1, -1);
      x = torch.dropout(norm(p, "bn_fc1", linear(p, "fc1", x)).relu(), 0.5, dropout);
      return linear(p, "fc2", x);
    }
  },
  /** {@code dev.manabi.nn.models.ModernCIFAR10Net}. */
  MODERN_CIFAR10_NET {
    @Override
    public Tensor forward(Map<String, Tensor> p, Tensor x, boolean dropout) {
      x = torch.max_pool2d(norm(p, "bn1", conv3x3(p, "conv1", x)).relu(), 2, 2);
      x = torch.max_pool2d(norm(p, "bn2", conv3x3(p, "conv2", x)).relu(), 2, 2);
      x = norm(p, "bn3", conv3x3(p, "conv3", x)).relu();
      x = torch.max_pool2d(norm(p, "bn4", conv3x3(p, "conv4", x)).relu(), 2, 2);
      x = norm(p, "bn5", conv3x3(p, "conv5", x)).relu();
      x = norm(p, "bn6", conv3x3(p, "conv6", x)).relu();
      x = torch.adaptive_avg_pool2d(x, 1, 1).flatten(1, -1);
      return linear(p, "fc", torch.dropout(x, 0.5, dropout));
    }
  },
  /** {@code dev.manabi.nn.models.SimpleResNet}. */
  SIMPLE_RESNET {
    @Override
    public Tensor forward(Map<String, Tensor> p, Tensor x, boolean dropout) {
      x = norm(p, "bn1", conv3x3(p, "conv1", x)).relu();
      x = residual(p, "layer1.1.", residual(p, "layer1.0.", x, 1), 1);
      x = residual(p, "layer2.1.", residual(p, "layer2.0.", x, 2), 1);
      x = residual(p, "layer3.1.", residual(p, "layer3.0.", x, 2), 1);
      return linear(p, "fc", torch.adaptive_avg_pool2d(x, 1, 1).flatten(1, -1));
    }

    private static Tensor residual(Map<String, Tensor> p, String block, Tensor x, int stride) {
      Tensor identity = x;
      if (p.containsKey(block + "downsample.0.weight")) {
        identity = conv(p, block + "downsample.0", x, stride, 0);
        identity = norm(p, block + "downsample.1", identity);
      }
      x = norm(p, block + "bn1", conv(p, block + "conv1", x, stride, 1)).relu();
      x = norm(p, block + "bn2", conv3x3(p, block + "conv2", x));
      return x.add_(identity).relu();
    }
  };

  private static final long[] ONES = {1, 1};

  /**
   * The logits {@code [N, 10]} in training: batch norm uses the batch's statistics.
   *
   * @param p the parameters and buffers by path
   * @param x the images {@code [N, C, H, W]}
   * @param dropout whether dropout drops
   */
  public abstract Tensor forward(Map<String, Tensor> p, Tensor x, boolean dropout);

  private static Tensor linear(Map<String, Tensor> p, String layer, Tensor x) {
    return torch.linear(x, p.get(layer + ".weight"), p.get(layer + ".bias"));
  }

  private static Tensor conv(Map<String, Tensor> p, String layer, Tensor x) {
    return conv(p, layer, x, 1, 0);
  }

  private static Tensor conv3x3(Map<String, Tensor> p, String layer, Tensor x) {
    return conv(p, layer, x, 1, 1);
  }

  private static Tensor conv(
      Map<String, Tensor> p, String layer, Tensor x, int stride, int padding) {
    Tensor bias = p.get(layer + ".bias");
    return torch.conv2d(
        x,
        p.get(layer + ".weight"),
        bias == null ? new TensorOptional() : new TensorOptional(bias),
        new long[] {stride, stride},
        new long[] {padding, padding},
        ONES,
        1);
  }

  private static Tensor norm(Map<String, Tensor> p, String layer, Tensor x) {
    return torch.batch_norm(
        x,
        new TensorOptional(p.get(layer + ".weight")),
        new TensorOptional(p.get(layer + ".bias")),
        new TensorOptional(p.get(layer + ".running_mean")),
        new TensorOptional(p.get(layer + ".running_var")),
        true,
        0.1,
        1e-5,
        true);
  }
}
