package dev.manabi.bench.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Trains a network in libtorch with its own autograd and its own Adam. */
public final class TorchTrainer {
  private static final int KERNELS_RANK = 4;

  private final TorchNet net;
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Adam optimizer;

  /**
   * Images and their classes.
   *
   * @param images {@code [N, C, H, W]}
   * @param labels {@code [N]} i64
   */
  public record Batch(Tensor images, Tensor labels) {}

  /**
   * A training that has not begun.
   *
   * @param initial the engine's parameters by path, which are copied
   * @param layout lays out the weights of convolutions: {@link Peers#rowMajor} or {@link
   *     Peers#channelsLast}
   */
  public TorchTrainer(
      TorchNet net,
      Map<String, dev.manabi.tensor.Tensor> initial,
      UnaryOperator<Tensor> layout,
      double lr) {
    this.net = net;
    initial.forEach((name, ours) -> parameters.put(name, parameter(ours, layout)));
    var all = new TensorVector(parameters.values().toArray(Tensor[]::new));
    optimizer = new Adam(all, new AdamOptions(lr));
  }

  private static Tensor parameter(dev.manabi.tensor.Tensor ours, UnaryOperator<Tensor> layout) {
    Tensor copy = Peers.of(ours).detach();
    return (copy.dim() == KERNELS_RANK ? layout.apply(copy) : copy).requires_grad_(true);
  }

  /**
   * Makes one step, and returns the loss before it.
   *
   * @param training whether dropout drops
   */
  public double step(Batch batch, boolean training) {
    try (var scope = new PointerScope()) {
      optimizer.zero_grad();
      Tensor logits = net.forward(parameters, batch.images, training);
      Tensor loss = torch.cross_entropy_loss(logits, batch.labels);
      loss.backward();
      optimizer.step();
      return loss.item_float();
    }
  }
}
