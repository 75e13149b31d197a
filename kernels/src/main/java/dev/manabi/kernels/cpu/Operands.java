package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.ElementwiseOp.Cast;
import dev.manabi.tensor.run.Interpreter;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings the operands of one op into memory that its kernel is written for, by copying those that
 * lie otherwise.
 *
 * <p>A kernel that wants gapless memory sees a tensor with its axes in the order in which they lie
 * there ({@link #memoryOrder}): then row-major, channels-last and any other permuted tensor are one
 * case.
 *
 * <pre>{@code
 * try (var operands = new Operands()) {
 *   Tensor x = operands.dense(in[0]);
 *   Tensor y = operands.target(out[0], x.layout());
 *   kernel(x.address(), y.address());
 * }
 * }</pre>
 *
 * <p>Closing copies what was computed into a stand-in to the output that it stands for, and gives
 * the memory of all copies back. Until then they stay reachable, which a raw address does not see
 * to.
 */
final class Operands implements AutoCloseable {
  private final List<Tensor> copies = new ArrayList<>(0);
  private final List<Tensor[]> standIns = new ArrayList<>(0);

  /** {@code x} if its elements fill a gapless block, else a row-major copy. */
  Tensor dense(Tensor x) {
    return x.layout().isDense() ? x : as(x, Layout.contiguous(x.shape()));
  }

  /** {@code x} if it is row-major, else a row-major copy. */
  Tensor rowMajor(Tensor x) {
    return as(x, Layout.contiguous(x.shape()));
  }

  /** {@code x} if it has the strides of {@code layout}, else a copy that has. */
  Tensor as(Tensor x, Layout layout) {
    if (sameStrides(x.layout(), layout)) {
      return x;
    }
    Tensor copy = blank(layout, x.dtype());
    Copies.run(x, copy);
    return copy;
  }

  /** {@code y} if it has the strides of {@code layout}, else a stand-in that has. */
  Tensor target(Tensor y, Layout layout) {
    if (sameStrides(y.layout(), layout)) {
      return y;
    }
    Tensor standIn = blank(layout, y.dtype());
    standIns.add(new Tensor[] {standIn, y});
    return standIn;
  }

  /** {@code y} if it is row-major, else a stand-in that is. */
  Tensor rowMajorTarget(Tensor y) {
    return target(y, Layout.contiguous(y.shape()));
  }

  /** A dense copy of {@code x} in f32. */
  Tensor f32(Tensor x) {
    Tensor copy = blank(denseOrder(x.layout()), DType.F32);
    convert(x, copy);
    return copy;
  }

  /** A dense f32 stand-in for {@code y}, which has another type. */
  Tensor f32Target(Tensor y) {
    Tensor standIn = blank(denseOrder(y.layout()), DType.F32);
    standIns.add(new Tensor[] {standIn, y});
    return standIn;
  }

  private static Layout denseOrder(Layout layout) {
    return layout.isDense() ? layout : Layout.contiguous(layout.shape());
  }

  private static void convert(Tensor from, Tensor to) {
    Elementwise.run(new Cast(to.dtype()), new Tensor[] {from}, to);
  }

  /** Memory of that layout, with arbitrary contents. */
  Tensor blank(Layout layout, DType dtype) {
    Layout fresh = Layout.of(layout.shape(), layout.strides(), 0);
    Tensor t = Interpreter.allocate(new TensorSpec(fresh, dtype), Device.CPU);
    copies.add(t);
    return t;
  }

  @Override
  public void close() {
    for (Tensor[] pair : standIns) {
      if (pair[0].dtype() == pair[1].dtype()) {
        Copies.run(pair[0], pair[1]);
      } else {
        convert(pair[0], pair[1]);
      }
    }
    for (Tensor copy : copies) {
      copy.storage().release();
    }
  }

  /** Axes from the one with the largest stride to the one with the smallest. */
  static Ints memoryOrder(Layout layout) {
    return Ints.of(layout.memoryOrder());
  }

  /** True if equal indices are equally far from the first element in both. */
  static boolean sameStrides(Layout a, Layout b) {
    Shape shape = a.shape();
    for (int i = 0; i < shape.rank(); i++) {
      if (shape.dim(i) > 1 && a.stride(i) != b.stride(i)) {
        return false;
      }
    }
    return true;
  }
}
