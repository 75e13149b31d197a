package dev.manabi.kernels.reference;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import java.util.Arrays;

/**
 * Visits every index of a shape in row-major order and carries along where each of several tensors
 * has the element of that index:
 *
 * <pre>{@code
 * for (Walk w = Walk.over(shape, x.layout(), y.layout()); w.more(); w.next()) {
 *   y.set(w.at(1), -x.get(w.at(0)));
 * }
 * }</pre>
 *
 * <p>It counts like an odometer: the last axis moves at every step, an axis before it when those
 * behind have gone round. So a step costs one addition per tensor, never a division.
 */
public final class Walk {
  private final int[] dims;
  private final long[][] strides;
  private final int[] index;
  private final long[] start;
  private final long[] at;
  private final long count;
  private long left;

  private Walk(Shape shape, Layout[] layouts) {
    dims = shape.toArray();
    count = shape.numel();
    index = new int[dims.length];
    start = new long[layouts.length];
    at = new long[layouts.length];
    strides = new long[layouts.length][];
    for (int k = 0; k < layouts.length; k++) {
      Layout layout = layouts[k].shape().equals(shape) ? layouts[k] : layouts[k].expand(shape);
      strides[k] = layout.strides();
      start[k] = layout.offset();
    }
    rewind();
  }

  /** Walks {@code shape}, to which every layout broadcasts. */
  public static Walk over(Shape shape, Layout... layouts) {
    return new Walk(shape, layouts);
  }

  /** Walks the shape of {@code layout}. */
  public static Walk over(Layout layout) {
    return new Walk(layout.shape(), new Layout[] {layout});
  }

  /** Moves to the index with this row-major number, so that a walk can be shared out in parts. */
  public Walk from(long number) {
    rewind();
    left = count - number;
    long rest = number;
    for (int axis = dims.length - 1; axis >= 0 && rest > 0; axis--) {
      index[axis] = (int) (rest % dims[axis]);
      rest /= dims[axis];
      for (int k = 0; k < at.length; k++) {
        at[k] += index[axis] * strides[k][axis];
      }
    }
    return this;
  }

  /** False once every index was visited. */
  public boolean more() {
    return left > 0;
  }

  /** Position of the current element of tensor {@code k}. */
  public long at(int k) {
    return at[k];
  }

  /** The current index along {@code axis}. */
  public int index(int axis) {
    return index[axis];
  }

  /** How many indices were visited before this one: its row-major number. */
  public long number() {
    return count - left;
  }

  /** Goes on to the next index. */
  public void next() {
    left--;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      if (++index[axis] < dims[axis]) {
        for (int k = 0; k < at.length; k++) {
          at[k] += strides[k][axis];
        }
        return;
      }
      index[axis] = 0;
      for (int k = 0; k < at.length; k++) {
        at[k] -= strides[k][axis] * (dims[axis] - 1);
      }
    }
  }

  /** Begins again, with the first element of tensor {@code k} at {@code positions[k]}. */
  void restart(long... positions) {
    System.arraycopy(positions, 0, start, 0, start.length);
    rewind();
  }

  private void rewind() {
    Arrays.fill(index, 0);
    System.arraycopy(start, 0, at, 0, at.length);
    left = count;
  }
}
