package dev.manabi.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a shape lies in a storage: one stride per dimension and an offset, all counted in elements.
 *
 * <p>Element {@code (i0, i1, ..)} is at {@code offset + i0*stride(0) + i1*stride(1) + ..}. Strides
 * may be 0 (broadcast) or negative (flipped). Every view is a function from a layout to a layout;
 * no view touches memory. Channels-last is a stride order of a logical N,C,H,W tensor, nothing
 * more.
 */
public final class Layout {
  private static final int[] CHANNELS_LAST = {0, 2, 3, 1};

  private final Shape shape;
  private final long[] strides;
  private final long offset;
  private final boolean contiguous;

  private Layout(Shape shape, long[] strides, long offset) {
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    contiguous = isDenseIn(null);
  }

  /** A layout from its parts; {@code strides} is copied. */
  public static Layout of(Shape shape, long[] strides, long offset) {
    if (strides.length != shape.rank()) {
      throw new IllegalArgumentException(
          "layout: " + strides.length + " strides for shape " + shape);
    }
    return new Layout(shape, strides.clone(), offset);
  }

  /** Row-major: the last dimension has stride 1. */
  public static Layout contiguous(Shape shape) {
    return new Layout(shape, denseStrides(shape, null), 0);
  }

  /** Channels-last for rank 4 (memory order N,H,W,C); row-major for any other rank. */
  public static Layout channelsLast(Shape shape) {
    int[] order = shape.rank() == 4 ? CHANNELS_LAST : null;
    return new Layout(shape, denseStrides(shape, order), 0);
  }

  /** A fresh dense layout of {@code shape} that keeps the stride order of this one. */
  public Layout denseLike(Shape newShape) {
    if (newShape.rank() != shape.rank() || isContiguous()) {
      return contiguous(newShape);
    }
    return new Layout(newShape, denseStrides(newShape, memoryOrder()), 0);
  }

  /** Axes from the largest stride to the smallest; ties keep their place. */
  public int[] memoryOrder() {
    int[] order = new int[shape.rank()];
    for (int i = 0; i < order.length; i++) {
      int place = i;
      while (place > 0 && Math.abs(strides[order[place - 1]]) < Math.abs(strides[i])) {
        order[place] = order[place - 1];
        place--;
      }
      order[place] = i;
    }
    return order;
  }

  private static long[] denseStrides(Shape shape, int @Nullable [] order) {
    long[] s = new long[shape.rank()];
    long step = 1;
    for (int i = s.length - 1; i >= 0; i--) {
      int axis = order == null ? i : order[i];
      s[axis] = step;
      step *= Math.max(1, shape.dim(axis));
    }
    return s;
  }

  public Shape shape() {
    return shape;
  }

  public int rank() {
    return shape.rank();
  }

  public long numel() {
    return shape.numel();
  }

  /** Stride along {@code axis}, in elements. */
  public long stride(int axis) {
    return strides[axis < 0 ? axis + strides.length : axis];
  }

  public long[] strides() {
    return strides.clone();
  }

  /** Position of the first element in the storage, in elements. */
  public long offset() {
    return offset;
  }

  /** True if the elements lie one after another in row-major order. */
  public boolean isContiguous() {
    return contiguous;
  }

  /** True for a rank-4 layout whose memory order is N,H,W,C without gaps. */
  public boolean isChannelsLast() {
    return rank() == 4 && isDenseIn(CHANNELS_LAST);
  }

  private boolean isDenseIn(int @Nullable [] order) {
    long step = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      int axis = order == null ? i : order[i];
      int d = shape.dim(axis);
      if (d == 1) {
        continue;
      }
      if (strides[axis] != step) {
        return shape.numel() == 0;
      }
      step *= d;
    }
    return true;
  }

  /** True if the elements fill one gapless block, in whatever order of dimensions. */
  public boolean isDense() {
    return isContiguous() || isDenseIn(memoryOrder());
  }

  /**
   * True if two different indices can name the same element (a stride of 0 over a size above 1).
   */
  public boolean isBroadcast() {
    for (int i = 0; i < strides.length; i++) {
      if (strides[i] == 0 && shape.dim(i) > 1) {
        return true;
      }
    }
    return false;
  }

  /**
   * Lowest and highest element position that this layout touches: {@code {min, max}}, inclusive.
   */
  public long[] extent() {
    long lo = offset;
    long hi = offset;
    for (int i = 0; i < strides.length; i++) {
      long reach = strides[i] * Math.max(0, shape.dim(i) - 1);
      lo += Math.min(0, reach);
      hi += Math.max(0, reach);
    }
    return new long[] {lo, hi};
  }

  /** Dimension {@code i} of the result is dimension {@code axes[i]} of this layout. */
  public Layout permute(Ints axes) {
    int[] d = new int[axes.size()];
    long[] s = new long[axes.size()];
    for (int i = 0; i < d.length; i++) {
      d[i] = shape.dim(axes.get(i));
      s[i] = strides[axes.get(i)];
    }
    return new Layout(Shape.of(d), s, offset);
  }

  /** This layout without {@code axis}: the elements whose index there is 0. */
  public Layout without(int axis) {
    return permute(Ints.of(axis).others(rank()));
  }

  /** This layout cut to its first {@code axes} axes: the elements whose other indices are 0. */
  public Layout first(int axes) {
    return permute(Ints.range(0, axes));
  }

  /** Broadcasts to {@code target}: new leading and size-1 dimensions get stride 0. */
  public Layout expand(Shape target) {
    long[] s = new long[target.rank()];
    int lead = target.rank() - rank();
    for (int i = 0; i < rank(); i++) {
      s[lead + i] = shape.dim(i) == target.dim(lead + i) ? strides[i] : 0;
    }
    return new Layout(target, s, offset);
  }

  /** Along every axis: {@code sizes[i]} elements from {@code starts[i]} in steps (may be < 0). */
  public Layout slice(Ints starts, Ints sizes, Ints steps) {
    long at = offset;
    long[] s = new long[rank()];
    for (int i = 0; i < s.length; i++) {
      at += starts.get(i) * strides[i];
      s[i] = strides[i] * steps.get(i);
    }
    return new Layout(Shape.of(sizes.toArray()), s, at);
  }

  /** Drops axes {@code a} and {@code b} and appends their shared diagonal as the last axis. */
  public Layout diagonal(int a, int b) {
    int[] d = new int[rank() - 1];
    long[] s = new long[rank() - 1];
    int k = 0;
    for (int i = 0; i < rank(); i++) {
      if (i != a && i != b) {
        d[k] = shape.dim(i);
        s[k++] = strides[i];
      }
    }
    d[k] = Math.min(shape.dim(a), shape.dim(b));
    s[k] = strides[a] + strides[b];
    return new Layout(Shape.of(d), s, offset);
  }

  /**
   * The same elements in row-major order under another shape, without a copy.
   *
   * @return {@code null} if no strides can express it, so that the elements must be copied first
   */
  public @Nullable Layout reshape(Shape target) {
    if (isContiguous() || shape.numel() == 0) {
      return new Layout(target, denseStrides(target, null), offset);
    }
    long[] s = new long[target.rank()];
    int from = 0;
    int to = 0;
    while (from < rank() || to < target.rank()) {
      // Grow a group on both sides until they hold equally many elements.
      int fromStart = from;
      int toStart = to;
      long a = from < rank() ? shape.dim(from++) : 1;
      long b = to < target.rank() ? target.dim(to++) : 1;
      while (a != b) {
        if (a < b) {
          a *= shape.dim(from++);
        } else {
          b *= target.dim(to++);
        }
      }
      long step = innermostStride(fromStart, from);
      if (step == NOT_MERGEABLE) {
        return null;
      }
      for (int i = to - 1; i >= toStart; i--) {
        s[i] = step;
        step *= target.dim(i);
      }
    }
    return new Layout(target, s, offset);
  }

  private static final long NOT_MERGEABLE = Long.MIN_VALUE;

  /** Stride of the axes {@code [from, to)} seen as one, if their elements are evenly spaced. */
  private long innermostStride(int from, int to) {
    long first = NOT_MERGEABLE;
    long next = 0;
    for (int i = to - 1; i >= from; i--) {
      if (shape.dim(i) == 1) {
        continue;
      }
      if (first == NOT_MERGEABLE) {
        first = strides[i];
      } else if (strides[i] != next) {
        return NOT_MERGEABLE;
      }
      next = strides[i] * shape.dim(i);
    }
    return first == NOT_MERGEABLE ? 1 : first;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Layout l
        && offset == l.offset
        && shape.equals(l.shape)
        && Arrays.equals(strides, l.strides);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(strides) + Long.hashCode(offset);
  }

  @Override
  public String toString() {
    return "shape " + shape + " strides " + Arrays.toString(strides) + " offset " + offset;
  }
}
