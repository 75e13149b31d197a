package dev.manabi.kernels.reference;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.ViewOp;
import java.util.Arrays;

/** Ops that move elements to or from computed places. */
public final class Indexing {
  private Indexing() {}

  static void run(IndexOp op, Elements[] in, Elements y) {
    switch (op) {
      case IndexOp.IndexSelect(int axis) -> indexSelect(op, axis, in[0], in[1], y);
      case IndexOp.IndexAdd(int axis, int _) -> indexAdd(op, axis, in[0], in[1], y);
      case IndexOp.Gather(int axis) -> gather(op, axis, in[0], in[1], y);
      case IndexOp.Scatter(int axis) -> scatter(op, axis, in[0], in[1], in[2], y);
      case IndexOp.ScatterAdd(int axis) -> scatterAdd(op, axis, in[0], in[1], in[2], y);
      case IndexOp.Cat(int axis) -> cat(axis, in, y);
      case IndexOp.Pad pad -> pad(pad, in[0], y);
      case IndexOp.NonZero(int count) -> nonZero(count, in[0], y);
      case IndexOp.ViewScatter(var view, var _) -> viewScatter(view, in[0], y);
    }
  }

  private static void indexSelect(Op op, int axis, Elements x, Elements index, Elements y) {
    Walk w = Walk.over(y.shape(), spread(x, axis, index), alone(index, axis, y), y.layout());
    for (; w.more(); w.next()) {
      long i = checked(op, index.getLong(w.at(1)), x.dim(axis), axis);
      y.copy(w.at(2), x, w.at(0) + i * x.stride(axis));
    }
  }

  private static void indexAdd(Op op, int axis, Elements g, Elements index, Elements y) {
    Elements sums = y.wideZeros();
    Walk w = Walk.over(g.shape(), g.layout(), alone(index, axis, g), spread(sums, axis, index));
    for (; w.more(); w.next()) {
      long i = checked(op, index.getLong(w.at(1)), y.dim(axis), axis);
      sums.add(w.at(2) + i * sums.stride(axis), g, w.at(0));
    }
    Elementwise.copy(sums, y);
  }

  /** {@code x} with {@code axis} replaced by the axes of {@code index}, along which it stands. */
  private static Layout spread(Elements x, int axis, Elements index) {
    Shape shape = x.shape().remove(axis);
    Layout layout = x.layout().without(axis);
    long[] strides = new long[shape.rank() + index.rank()];
    for (int i = 0; i < shape.rank(); i++) {
      strides[i < axis ? i : i + index.rank()] = layout.stride(i);
    }
    for (int i = 0; i < index.rank(); i++) {
      shape = shape.insert(axis + i, index.dim(i));
    }
    return Layout.of(shape, strides, layout.offset());
  }

  /** {@code index} with the shape of {@code y}, in which its axes begin at {@code axis}. */
  private static Layout alone(Elements index, int axis, Elements y) {
    long[] strides = new long[y.rank()];
    System.arraycopy(index.layout().strides(), 0, strides, axis, index.rank());
    return Layout.of(y.shape(), strides, index.layout().offset());
  }

  private static void gather(Op op, int axis, Elements x, Elements index, Elements y) {
    Walk w = Walk.over(y.shape(), standing(x, axis, y.shape()), index.layout(), y.layout());
    for (; w.more(); w.next()) {
      long i = checked(op, index.getLong(w.at(1)), x.dim(axis), axis);
      y.copy(w.at(2), x, w.at(0) + i * x.stride(axis));
    }
  }

  private static void scatter(
      Op op, int axis, Elements x, Elements index, Elements source, Elements y) {
    Elementwise.copy(x, y);
    Walk w = scatterWalk(axis, index, source, y);
    for (; w.more(); w.next()) {
      long i = checked(op, index.getLong(w.at(0)), y.dim(axis), axis);
      y.copy(w.at(2) + i * y.stride(axis), source, w.at(1));
    }
  }

  private static void scatterAdd(
      Op op, int axis, Elements x, Elements index, Elements source, Elements y) {
    Elements sums = y.wideZeros();
    Elementwise.copy(x, sums);
    Walk w = scatterWalk(axis, index, source, sums);
    for (; w.more(); w.next()) {
      long i = checked(op, index.getLong(w.at(0)), y.dim(axis), axis);
      sums.add(w.at(2) + i * sums.stride(axis), source, w.at(1));
    }
    Elementwise.copy(sums, y);
  }

  private static Walk scatterWalk(int axis, Elements index, Elements source, Elements y) {
    Shape shape = index.shape();
    Layout from = Layout.of(shape, source.layout().strides(), source.layout().offset());
    return Walk.over(shape, index.layout(), from, standing(y, axis, shape));
  }

  /** The corner of {@code shape} in {@code x}, without moving along {@code axis}. */
  private static Layout standing(Elements x, int axis, Shape shape) {
    long[] strides = x.layout().strides();
    strides[axis] = 0;
    return Layout.of(shape, strides, x.layout().offset());
  }

  private static void cat(int axis, Elements[] in, Elements y) {
    int[] start = new int[y.rank()];
    for (Elements x : in) {
      moveTo(y, Ints.of(start), x);
      start[axis] += x.dim(axis);
    }
  }

  private static void pad(IndexOp.Pad op, Elements x, Elements y) {
    y.fill(op.value());
    moveTo(y, op.before(), x);
  }

  /** Writes {@code x} into the box of {@code y} that begins at {@code start}. */
  private static void moveTo(Elements y, Ints start, Elements x) {
    int[] ones = new int[y.rank()];
    Arrays.fill(ones, 1);
    Layout box = y.layout().slice(start, Ints.of(x.shape().toArray()), Ints.of(ones));
    for (Walk w = Walk.over(x.shape(), x.layout(), box); w.more(); w.next()) {
      y.copy(w.at(1), x, w.at(0));
    }
  }

  private static void nonZero(int count, Elements x, Elements y) {
    int row = 0;
    for (Walk w = Walk.over(x.layout()); w.more() && row < count; w.next()) {
      if (x.get(w.at(0)) != 0) {
        for (int axis = 0; axis < x.rank(); axis++) {
          y.setLong(y.at(row, axis), w.index(axis));
        }
        row++;
      }
    }
  }

  private static void viewScatter(ViewOp view, Elements g, Elements y) {
    Elements sums = y.wideZeros();
    Layout seen = view.apply(sums.layout());
    for (Walk w = Walk.over(g.shape(), g.layout(), seen); w.more(); w.next()) {
      sums.add(w.at(1), g, w.at(0));
    }
    Elementwise.copy(sums, y);
  }

  private static long checked(Op op, long index, int size, int axis) {
    if (index < 0 || index >= size) {
      throw outside(op, index, "axis " + axis, size);
    }
    return index;
  }

  /** The error for an index that is not one of the {@code size} of {@code where}. */
  public static IndexOutOfBoundsException outside(Op op, long index, String where, long size) {
    return new IndexOutOfBoundsException(
        "%s: index %s is outside %s of size %s\n  fix: indices must be in 0 .. %s"
            .formatted(op.name(), index, where, size, size - 1));
  }
}
