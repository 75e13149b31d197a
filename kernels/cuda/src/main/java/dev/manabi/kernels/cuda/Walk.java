package dev.manabi.kernels.cuda;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The elements of one shape, and where several tensors have them: {@code Walk<K>} of {@code
 * walk.cuh}. Axes of size 1 are dropped, and axes that lie behind one another in every tensor are
 * merged, so that most walks have one axis left.
 */
final class Walk {
  /** How many axes a kernel can walk. */
  static final int MAX_RANK = 8;

  private final int tensors;
  private final int count;

  /** Innermost first: the size, and then the stride of each tensor. */
  private final List<long[]> axes;

  private Walk(int tensors, int count, List<long[]> axes) {
    this.tensors = tensors;
    this.count = count;
    this.axes = axes;
  }

  /** Walks {@code shape} in the order in which the last layout lies in memory. */
  static Walk over(Shape shape, Layout... layouts) {
    return of(shape, true, layouts);
  }

  /** Walks {@code shape} in row-major order: an element's number there is its number here. */
  static Walk inOrder(Shape shape, Layout... layouts) {
    return of(shape, false, layouts);
  }

  /** Walks {@code axes} of {@code shape}, to which the layouts broadcast, and no others. */
  static Walk along(Ints axes, Shape shape, Layout... layouts) {
    Layout[] some = new Layout[layouts.length];
    for (int k = 0; k < some.length; k++) {
      some[k] = expand(layouts[k], shape).permute(axes);
    }
    int[] dims = new int[axes.size()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = shape.dim(axes.get(i));
    }
    return of(Shape.of(dims), false, some);
  }

  private static Layout expand(Layout layout, Shape shape) {
    return layout.shape().equals(shape) ? layout : layout.expand(shape);
  }

  private static Walk of(Shape shape, boolean anyOrder, Layout... layouts) {
    int count = count(shape);
    Layout[] expanded = new Layout[layouts.length];
    for (int k = 0; k < layouts.length; k++) {
      expanded[k] = expand(layouts[k], shape);
    }
    int[] order =
        anyOrder
            ? expanded[expanded.length - 1].memoryOrder()
            : Ints.range(0, shape.rank()).toArray();
    List<long[]> axes = new ArrayList<>();
    for (int i = order.length - 1; i >= 0; i--) {
      add(axes, order[i], shape, expanded);
    }
    if (axes.size() > MAX_RANK) {
      throw new IllegalArgumentException(
          "cuda: strides of shape "
              + shape
              + " need more than "
              + MAX_RANK
              + " nested loops\n  fix: call contiguous() first");
    }
    return new Walk(layouts.length, count, axes);
  }

  /**
   * How many elements a shape has.
   *
   * @throws IllegalArgumentException if they are more than a kernel can count
   */
  static int count(Shape shape) {
    if (shape.numel() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "cuda: a tensor of shape "
              + shape
              + " has more than 2^31 - 1 elements\n  fix: split it along its first axis");
    }
    return (int) shape.numel();
  }

  /** Adds an axis outside of those so far, or lengthens the last of them. */
  private static void add(List<long[]> axes, int axis, Shape shape, Layout[] layouts) {
    int size = shape.dim(axis);
    if (size == 1) {
      return;
    }
    long[] inner = axes.isEmpty() ? null : axes.getLast();
    boolean merges = inner != null;
    long[] next = new long[1 + layouts.length];
    next[0] = size;
    for (int k = 0; k < layouts.length; k++) {
      next[1 + k] = layouts[k].stride(axis);
      merges = merges && next[1 + k] == inner[1 + k] * inner[0];
    }
    if (merges) {
      inner[0] *= size;
    } else {
      axes.add(next);
    }
  }

  int tensors() {
    return tensors;
  }

  /** How many elements are walked. */
  int count() {
    return count;
  }

  int rank() {
    return axes.size();
  }

  int size(int axis) {
    return (int) axes.get(axis)[0];
  }

  long stride(int tensor, int axis) {
    return axes.get(axis)[1 + tensor];
  }

  /** Whether element i of the walk is at position i of every tensor. */
  boolean isLinear() {
    if (axes.size() > 1) {
      return false;
    }
    for (int k = 0; k < tensors && !axes.isEmpty(); k++) {
      if (stride(k, 0) != 1) {
        return false;
      }
    }
    return true;
  }
}
