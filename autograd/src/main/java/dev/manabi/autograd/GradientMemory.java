package dev.manabi.autograd;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.memory.Storage;
import dev.manabi.tensor.op.ElementwiseOp.Copy;
import dev.manabi.tensor.op.ElementwiseOp.Order;
import dev.manabi.tensor.run.Interpreter;
import java.util.IdentityHashMap;

/**
 * Who refers to the gradients in flight. A pass counts its own references to each storage; a
 * storage that only one gradient refers to, and that no hook, result or graph has seen, may be
 * written in place or handed over without a copy.
 */
final class GradientMemory {
  private static final int SHARED = Integer.MIN_VALUE / 2;

  private final boolean createGraph;
  private final IdentityHashMap<Storage, Integer> references = new IdentityHashMap<>();

  /**
   * @param createGraph whether gradients are recorded, so that the graph refers to all of them
   */
  GradientMemory(boolean createGraph) {
    this.createGraph = createGraph;
  }

  /** Notes that somebody outside this pass refers to {@code gradient} too. */
  void share(Tensor gradient) {
    references.put(gradient.storage(), SHARED);
  }

  /** Counts one more reference. */
  void hold(Tensor gradient) {
    references.merge(gradient.storage(), 1, Integer::sum);
  }

  /** Counts one reference less. */
  void drop(Tensor gradient) {
    references.computeIfPresent(gradient.storage(), (s, count) -> count == 1 ? null : count - 1);
  }

  private boolean isOnlyOurs(Tensor gradient) {
    return !createGraph && references.getOrDefault(gradient.storage(), 0) == 1;
  }

  /** True if the one who holds {@code gradient} may write to it. */
  boolean mayWrite(Tensor gradient) {
    return isOnlyOurs(gradient) && !gradient.layout().isBroadcast();
  }

  /**
   * A gradient for {@code leaf} to keep, laid out as the leaf is: the very tensor if nobody else
   * refers to it and it lies right, else a copy.
   */
  Tensor take(Tensor gradient, Tensor leaf) {
    if (createGraph) {
      return gradient;
    }
    Layout layout = leaf.layout().denseLike(leaf.shape());
    boolean whole = gradient.numel() * gradient.dtype().bytes() == gradient.storage().bytes();
    if (isOnlyOurs(gradient) && whole && lieAlike(gradient.layout(), layout)) {
      share(gradient);
      return gradient;
    }
    Tensor copy = Interpreter.allocate(new TensorSpec(layout, leaf.dtype()), leaf.device());
    Interpreter.runInto(new Copy(Order.ROW_MAJOR), new Tensor[] {gradient}, copy);
    drop(gradient);
    return copy;
  }

  /** Equal order in memory; the strides of dimensions of size 1 do not matter. */
  private static boolean lieAlike(Layout a, Layout b) {
    return (a.isContiguous() && b.isContiguous())
        || (a.isChannelsLast() && b.isChannelsLast())
        || a.equals(b);
  }
}
