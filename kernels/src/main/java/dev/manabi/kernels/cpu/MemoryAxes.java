package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import java.util.function.IntPredicate;

/**
 * The axes of a dense tensor in memory order, and numbers that belong to some of its axes only,
 * such as one per channel. Such numbers are kept in arrays, in the memory order of their axes.
 */
final class MemoryAxes {
  private final Shape shape;
  private final Ints order;

  MemoryAxes(Layout dense) {
    shape = dense.shape();
    order = Operands.memoryOrder(dense);
  }

  /** How many numbers belong to {@code axes}. */
  int count(IntPredicate axes) {
    long n = 1;
    for (int i = 0; i < order.size(); i++) {
      n *= axes.test(i) ? shape.dim(i) : 1;
    }
    return Math.toIntExact(n);
  }

  /** For each number of {@code axes}, which one of the fewer axes {@code some} it belongs to. */
  int[] project(IntPredicate axes, IntPredicate some) {
    int[] to = new int[count(axes)];
    int inAxes = 1;
    int inSome = 1;
    for (int i = order.size() - 1; i >= 0; i--) {
      int axis = order.get(i);
      int size = axes.test(axis) ? shape.dim(axis) : 1;
      if (some.test(axis)) {
        for (int k = 0; k < to.length; k++) {
          to[k] += k / inAxes % size * inSome;
        }
        inSome *= size;
      }
      inAxes *= size;
    }
    return to;
  }

  /** Reads the numbers of {@code axes} from a tensor whose other axes have size 1. */
  float[] read(Tensor t, IntPredicate axes) {
    int[] dims = new int[order.size()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = axes.test(i) ? shape.dim(i) : 1;
    }
    Layout expanded = t.layout().expand(Shape.of(dims)).permute(order);
    try (var operands = new Operands()) {
      Tensor row = operands.rowMajor(t.withLayout(expanded));
      float[] values = new float[Math.toIntExact(row.numel())];
      for (int i = 0; i < values.length; i++) {
        values[i] = Native.getFloat(row.address() + 4L * i);
      }
      return values;
    }
  }

  /** Writes the numbers of the axes along which {@code t}'s size is not 1. */
  void write(double[] values, Tensor t) {
    try (var operands = new Operands()) {
      Tensor y = operands.rowMajorTarget(t.withLayout(t.layout().permute(order)));
      for (int i = 0; i < values.length; i++) {
        Native.putFloat(y.address() + 4L * i, (float) values[i]);
      }
    }
  }
}
