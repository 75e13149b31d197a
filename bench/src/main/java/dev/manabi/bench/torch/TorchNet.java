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
      x = linear(p, "fc1", x).relu();
      x = linear(p, "fc2", x).relu();
      return linear(p, "fc3", x);
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
  };

  private static final long[] ONES = {1, 1};
  private static final long[] ZEROS = {0, 0};

  /**
   * The logits {@code [N, 10]}.
   *
   * @param p the parameters and buffers by path
   * @param x {@code [N, 1, 28, 28]}
   * @param dropout whether dropout drops
   */
  public abstract Tensor forward(Map<String, Tensor> p, Tensor x, boolean dropout);

  private static Tensor linear(Map<String, Tensor> p, String layer, Tensor x) {
    return torch.linear(x, p.get(layer + ".weight"), p.get(layer + ".bias"));
  }

  private static Tensor conv(Map<String, Tensor> p, String layer, Tensor x) {
    var bias = new TensorOptional(p.get(layer + ".bias"));
    return torch.conv2d(x, p.get(layer + ".weight"), bias, ONES, ZEROS, ONES, 1);
  }
}
