package dev.manabi.autograd;

import dev.manabi.tensor.AutogradMeta;
import dev.manabi.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Where the gradient of a tensor goes: to the node that made it, or to the leaf that it is. */
sealed interface Edge {
  /** To output {@code output} of {@code node}. */
  record ToNode(Node node, int output) implements Edge {}

  /** To a tensor that no recorded op made and that wants a gradient. */
  record ToLeaf(Tensor leaf) implements Edge {}

  /** The edge that leads to {@code t}, or {@code null} if no gradient flows there. */
  static @Nullable Edge of(Tensor t) {
    AutogradMeta meta = t.meta();
    if (meta == null) {
      return null;
    }
    if (meta.gradFn instanceof Node node) {
      return new ToNode(node, meta.outputIndex);
    }
    return meta.requiresGrad ? new ToLeaf(t) : null;
  }
}
