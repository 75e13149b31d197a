package dev.manabi.autograd;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.memory.Storage;
import dev.manabi.tensor.op.ElementwiseOp.Copy;
import dev.manabi.tensor.op.ElementwiseOp.Order;
import dev.manabi.tensor.run.Interpreter;
import java.util.IdentityHashMap;

/**
 * Who refers to the gradients in flight. A pass counts its own references to each storage. One that
 * no hook, result or graph has seen is released with the last reference; while there is only one,
 * it may be written in place or handed over without a copy.
 */
final class GradientMemory {
  /** Added to the count of a storage that somebody outside the pass refers to. */
  private static final int SHARED = 1 << 30;

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
    references.merge(gradient.storage(), SHARED, (count, shared) -> count | shared);
  }

  /** Counts one more reference. */
  void hold(Tensor gradient) {
    references.merge(gradient.storage(), 1, Integer::sum);
  }

  /** Counts one reference less, and with the last one releases what only this pass knew. */
  void drop(Tensor gradient) {
    Storage storage = gradient.storage();
    int count = references.merge(storage, -1, Integer::sum);
    if (count == 0 || count == SHARED) {
      references.remove(storage);
    }
    if (count == 0 && !createGraph) {
      storage.release();
    }
  }

  private boolean isOnlyOurs(Tensor gradient) {
    return !createGraph && references.getOrDefault(gradient.storage(), 0) == 1;
  }

  /** True if the one who holds {@code gradient} may write to it. */
  boolean mayWrite(Tensor gradient) {
    return isOnlyOurs(gradient) && !gradient.layout().isBroadcast();
  }

  /**
   * A gradient for {@code leaf} alone to keep, laid out as the leaf is: the very tensor if nobody
   * else refers to it and it lies right, else a copy. It outlives the region that backward runs in.
   */
  Tensor take(Tensor gradient, Tensor leaf) {
    Layout layout = leaf.layout().denseLike(leaf.shape());
    boolean whole = gradient.numel() * gradient.dtype().bytes() == gradient.storage().bytes();
    if (isOnlyOurs(gradient) && whole && lieAlike(gradient.layout(), layout)) {
      share(gradient);
      gradient.storage().keepOutside();
      return gradient;
    }
    TensorSpec spec = new TensorSpec(layout, leaf.dtype());
    Tensor copy = Region.outside(() -> Interpreter.allocate(spec, leaf.device()));
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
