package dev.manabi.kernels.cases;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import java.util.Arrays;
import java.util.Locale;

/** Ways in which a shape can lie in memory: kernels must be right on all of them. */
public enum Arrangement {
  /** Row-major, nothing in between. */
  CONTIGUOUS,
  /** Column-major: the first axis has stride 1. */
  TRANSPOSED,
  /** N,H,W,C in memory for a rank of 4; as {@link #CONTIGUOUS} for any other. */
  CHANNELS_LAST,
  /** Every other element of something larger, from its second on, along every axis. */
  STEPPED,
  /** Backwards along every axis. */
  REVERSED,
  /** The inside of something larger by one element on every side. */
  INSIDE,
  /** Stride 0 along the first axis that is longer than 1. */
  EXPANDED;

  /** A layout of {@code shape} that lies this way. */
  public Layout of(Shape shape) {
    return switch (this) {
      case CONTIGUOUS -> Layout.contiguous(shape);
      case TRANSPOSED -> transposed(shape);
      case CHANNELS_LAST -> Layout.channelsLast(shape);
      case STEPPED -> cut(shape, 2, 1, 1, 2);
      case REVERSED -> reversed(shape);
      case INSIDE -> cut(shape, 1, 2, 1, 1);
      case EXPANDED -> expanded(shape);
    };
  }

  private static Layout transposed(Shape shape) {
    int rank = shape.rank();
    int[] backwards = new int[rank];
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      backwards[i] = rank - 1 - i;
      dims[i] = shape.dim(rank - 1 - i);
    }
    return Layout.contiguous(Shape.of(dims)).permute(Ints.of(backwards));
  }

  /** Along every axis: {@code size} elements out of {@code factor * size + extra}. */
  private static Layout cut(Shape shape, int factor, int extra, int start, int step) {
    int[] outer = Arrays.stream(shape.toArray()).map(d -> factor * d + extra).toArray();
    return Layout.contiguous(Shape.of(outer))
        .slice(same(shape, start), Ints.of(shape.toArray()), same(shape, step));
  }

  private static Layout reversed(Shape shape) {
    int[] last = Arrays.stream(shape.toArray()).map(d -> Math.max(0, d - 1)).toArray();
    return Layout.contiguous(shape).slice(Ints.of(last), Ints.of(shape.toArray()), same(shape, -1));
  }

  private static Layout expanded(Shape shape) {
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.dim(axis) > 1) {
        return Layout.contiguous(shape.with(axis, 1)).expand(shape);
      }
    }
    return Layout.contiguous(shape);
  }

  private static Ints same(Shape shape, int value) {
    int[] values = new int[shape.rank()];
    Arrays.fill(values, value);
    return Ints.of(values);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
