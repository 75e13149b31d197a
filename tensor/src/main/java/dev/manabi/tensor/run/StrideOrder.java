package dev.manabi.tensor.run;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import org.jspecify.annotations.Nullable;

/**
 * In which memory order an output lies: the order of an input where that makes the loop of the op
 * run straight through both, so that channels-last stays channels-last through a network.
 */
final class StrideOrder {
  private StrideOrder() {}

  /** A dense layout of {@code x}'s shape in {@code x}'s order; {@code x}'s own if it is one. */
  static Layout like(Layout x) {
    Layout kept = kept(x);
    return kept != null ? kept : Layout.contiguous(x.shape());
  }

  /** {@code x} moved to offset 0 if it is dense, else {@code null}. */
  private static @Nullable Layout kept(Layout x) {
    if (x.numel() == 0 || !x.isDense()) {
      return null;
    }
    return x.offset() == 0 ? x : x.denseLike(x.shape());
  }

  /** A dense layout of another shape of the same rank, in the order of {@code x} if it is dense. */
  static Layout like(Layout x, Shape shape) {
    return x.isDense() ? x.denseLike(shape) : Layout.contiguous(shape);
  }

  /**
   * A dense layout of {@code out} in the order of the first input that is dense and has this shape;
   * a channels-last one goes before the others. Row-major if there is none.
   */
  static Layout common(Shape out, TensorSpec[] in) {
    Layout first = null;
    for (TensorSpec spec : in) {
      Layout x = spec.layout();
      if (!x.shape().equals(out)) {
        continue;
      }
      if (!x.isContiguous() && x.isChannelsLast()) {
        return like(x);
      }
      if (first == null) {
        first = kept(x);
      }
    }
    return first != null ? first : Layout.contiguous(out);
  }
}
