package dev.manabi.bench.torch;

import dev.manabi.nn.Module;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Trains a network in libtorch with its own autograd and its own optimizers. */
public final class TorchTrainer {
  private static final int KERNELS_RANK = 4;

  private final TorchNet net;
  private final Map<String, Tensor> state = new LinkedHashMap<>();
  private final Optimizer optimizer;

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
   * @param initial the engine's model, whose parameters and buffers are copied
   * @param layout lays out the weights of convolutions: {@link Peers#rowMajor} or {@link
   *     Peers#channelsLast}
   * @param optimizer makes the optimizer of the parameters
   */
  public TorchTrainer(
      TorchNet net,
      Module initial,
      UnaryOperator<Tensor> layout,
      Function<TensorVector, Optimizer> optimizer) {
    this.net = net;
    initial
        .namedParameters()
        .forEach((name, ours) -> state.put(name, copy(ours, layout).requires_grad_(true)));
    var parameters = new TensorVector(state.values().toArray(Tensor[]::new));
    initial.namedBuffers().forEach((name, ours) -> state.put(name, copy(ours, layout)));
    this.optimizer = optimizer.apply(parameters);
  }

  private static Tensor copy(dev.manabi.tensor.Tensor ours, UnaryOperator<Tensor> layout) {
    Tensor copy = Peers.of(ours).detach();
    return copy.dim() == KERNELS_RANK ? layout.apply(copy) : copy;
  }

  /**
   * Makes one step, and returns the loss before it.
   *
   * @param dropout whether dropout drops
   */
  public double step(Batch batch, boolean dropout) {
    try (var scope = new PointerScope()) {
      optimizer.zero_grad();
      Tensor logits = net.forward(state, batch.images, dropout);
      Tensor loss = torch.cross_entropy_loss(logits, batch.labels);
      loss.backward();
      optimizer.step();
      return loss.item_float();
    }
  }
}
