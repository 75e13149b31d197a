package dev.manabi.tensor;

import org.jspecify.annotations.Nullable;

/**
 * One position of an index expression, as between the brackets of {@code x[2:5, ..., None, mask]}:
 * {@code x.get(Index.range(2, 5), Index.ellipsis(), Index.newAxis(), Index.of(mask))}.
 */
public sealed interface Index {
  /** A single position; negative from the end. */
  record At(int position) implements Index {}

  /** From start to end (exclusive) by step; {@code null} means as far as it goes. */
  record Range(@Nullable Integer start, @Nullable Integer end, int step) implements Index {}

  /** A new dimension of size 1. */
  record NewAxis() implements Index {}

  /** All dimensions that the expression does not mention. */
  record Ellipsis() implements Index {}

  /** An integer tensor of positions, or a bool mask over as many dimensions as its rank. */
  record Of(Tensor tensor) implements Index {}

  static Index at(int position) {
    return new At(position);
  }

  static Index all() {
    return new Range(null, null, 1);
  }

  static Index range(int start, int end) {
    return new Range(start, end, 1);
  }

  /** {@code start:end:step}; {@code null} stands for an omitted bound. */
  static Index range(@Nullable Integer start, @Nullable Integer end, int step) {
    return new Range(start, end, step);
  }

  /** {@code start:}. */
  static Index from(int start) {
    return new Range(start, null, 1);
  }

  /** {@code :end}. */
  static Index to(int end) {
    return new Range(null, end, 1);
  }

  static Index newAxis() {
    return new NewAxis();
  }

  static Index ellipsis() {
    return new Ellipsis();
  }

  static Index of(Tensor tensor) {
    return new Of(tensor);
  }
}
