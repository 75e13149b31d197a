package dev.manabi.tensor;

import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.ElementwiseOp.Copy;
import dev.manabi.tensor.op.ElementwiseOp.Order;
import dev.manabi.tensor.op.ViewOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Other ways to look at the same elements. All of these share memory with this tensor, except where
 * {@link #reshape} says otherwise. A negative axis counts from the end.
 */
public sealed interface TensorViews permits Tensor {
  /** This object, as the tensor it is. */
  Tensor self();

  /**
   * The same elements in row-major order under another shape; one size may be -1 and is computed.
   * Copies only where no strides can express the result.
   */
  default Tensor reshape(int... sizes) {
    Tensor x = self();
    Shape target = resolve(sizes);
    if (target.equals(x.shape())) {
      return x;
    }
    Tensor source = x.layout().reshape(target) == null ? contiguous() : x;
    return Interpreter.run(new ViewOp.Reshape(target), source);
  }

  /** As {@link #reshape}, but never copies: throws where a copy would be needed. */
  default Tensor view(int... sizes) {
    return Interpreter.run(new ViewOp.Reshape(resolve(sizes)), self());
  }

  private Shape resolve(int... sizes) {
    Tensor x = self();
    int[] d = sizes.clone();
    int hole = -1;
    long known = 1;
    for (int i = 0; i < d.length; i++) {
      if (d[i] == -1 && hole < 0) {
        hole = i;
      } else {
        known *= d[i];
      }
    }
    if (hole >= 0 && known > 0 && x.numel() % known == 0) {
      d[hole] = Math.toIntExact(x.numel() / known);
    }
    boolean fits = true;
    for (int n : d) {
      fits &= n >= 0;
    }
    Shape target = fits ? Shape.of(d) : Shape.of();
    if (!fits || target.numel() != x.numel()) {
      throw ShapeException.of(
              "reshape", x.numel() + " elements do not fit " + Arrays.toString(sizes))
          .operand("input", x.spec())
          .fix("sizes must multiply to " + x.numel() + "; at most one may be -1");
    }
    return target;
  }

  /** All elements in one dimension. */
  default Tensor flatten() {
    return reshape(-1);
  }

  /** Dimensions {@code start .. end} (inclusive) merged into one. */
  default Tensor flatten(int start, int end) {
    Shape s = self().shape();
    int from = s.axis(start);
    int to = s.axis(end);
    int[] d = new int[s.rank() - (to - from)];
    Arrays.fill(d, 1);
    for (int i = 0; i < s.rank(); i++) {
      d[i <= from ? i : Math.max(from, i - (to - from))] *= s.dim(i);
    }
    return reshape(d);
  }

  /** Dimension {@code i} of the result is dimension {@code axes[i]} of this tensor. */
  default Tensor permute(int... axes) {
    Shape s = self().shape();
    int[] order = new int[axes.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = s.axis(axes[i]);
    }
    return Interpreter.run(new ViewOp.Permute(Ints.of(order)), self());
  }

  /** Swaps two dimensions. */
  default Tensor transpose(int a, int b) {
    Shape s = self().shape();
    int[] axes = Ints.range(0, s.rank()).toArray();
    axes[s.axis(a)] = s.axis(b);
    axes[s.axis(b)] = s.axis(a);
    return permute(axes);
  }

  /** Swaps the last two dimensions; a vector stays as it is. */
  default Tensor t() {
    return self().rank() < 2 ? self() : transpose(-2, -1);
  }

  /** Moves one dimension to another position, keeping the order of the rest. */
  default Tensor moveAxis(int from, int to) {
    Shape s = self().shape();
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < s.rank(); i++) {
      axes.add(i);
    }
    Integer moved = axes.remove(s.axis(from));
    axes.add(s.axis(to), moved);
    return permute(axes.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Without any dimension of size 1. */
  default Tensor squeeze() {
    return reshape(Arrays.stream(self().shape().toArray()).filter(d -> d != 1).toArray());
  }

  /** Without dimension {@code axis} if its size is 1. */
  default Tensor squeeze(int axis) {
    Shape s = self().shape();
    int a = s.axis(axis);
    return s.dim(a) == 1 ? reshape(s.remove(a).toArray()) : self();
  }

  /** With a dimension of size 1 put in at position {@code axis}. */
  default Tensor unsqueeze(int axis) {
    Shape s = self().shape();
    int a = axis < 0 ? axis + s.rank() + 1 : axis;
    if (a < 0 || a > s.rank()) {
      throw new IndexOutOfBoundsException("unsqueeze: no position " + axis + " in shape " + s);
    }
    return reshape(s.insert(a, 1).toArray());
  }

  /** Broadcasts to these sizes; -1 keeps a dimension's size. */
  default Tensor expand(int... sizes) {
    Tensor x = self();
    int[] d = sizes.clone();
    int lead = d.length - x.rank();
    for (int i = Math.max(0, lead); i < d.length; i++) {
      d[i] = d[i] == -1 ? x.size(i - lead) : d[i];
    }
    return expand(Shape.of(d));
  }

  /** Broadcasts to {@code shape}. */
  default Tensor expand(Shape shape) {
    return shape.equals(self().shape())
        ? self()
        : Interpreter.run(new ViewOp.Expand(shape), self());
  }

  /** Elements {@code start, start + 1, .., end - 1} along {@code axis}; negatives from the end. */
  default Tensor slice(int axis, int start, int end) {
    return self().get(axis, Index.range(start, end));
  }

  /** {@code length} elements from {@code start} along {@code axis}. */
  default Tensor narrow(int axis, int start, int length) {
    return slice(axis, start, start + length);
  }

  /** The part at position {@code index} of {@code axis}, which disappears. */
  default Tensor select(int axis, int index) {
    return self().get(axis, Index.at(index));
  }

  /** With the order along each of {@code axes} reversed. */
  default Tensor flip(int... axes) {
    Tensor x = self();
    for (int axis : axes) {
      x = x.get(axis, Index.range(null, null, -1));
    }
    return x;
  }

  /** The elements with equal index in the two dimensions, as the last dimension. */
  default Tensor diagonal(int axis1, int axis2) {
    Shape s = self().shape();
    return Interpreter.run(new ViewOp.Diagonal(s.axis(axis1), s.axis(axis2)), self());
  }

  /** Equal parts of {@code size} along {@code axis}; the last may be smaller. */
  default List<Tensor> split(int size, int axis) {
    int n = self().size(axis);
    List<Tensor> parts = new ArrayList<>();
    for (int at = 0; at < n; at += size) {
      parts.add(slice(axis, at, Math.min(n, at + size)));
    }
    return parts;
  }

  /** At most {@code count} parts of equal size along {@code axis}; the last may be smaller. */
  default List<Tensor> chunk(int count, int axis) {
    return split(Math.max(1, Math.ceilDiv(self().size(axis), count)), axis);
  }

  /** Every index along {@code axis}, which disappears. */
  default List<Tensor> unbind(int axis) {
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < self().size(axis); i++) {
      parts.add(select(axis, i));
    }
    return parts;
  }

  /** This tensor if its elements lie in row-major order without gaps, else such a copy. */
  default Tensor contiguous() {
    return self().layout().isContiguous() ? self() : copy(Order.ROW_MAJOR);
  }

  /** This tensor if it lies in N,H,W,C order without gaps, else such a copy. Rank 4 only. */
  default Tensor channelsLast() {
    return self().layout().isChannelsLast() ? self() : copy(Order.CHANNELS_LAST);
  }

  /** A copy in fresh row-major memory. */
  default Tensor copy() {
    return copy(Order.ROW_MAJOR);
  }

  /** A copy in fresh memory of the given order. */
  default Tensor copy(Order order) {
    return Interpreter.run(new Copy(order), self());
  }
}
