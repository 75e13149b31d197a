package dev.manabi.kernels.cuda;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import java.util.Arrays;

/** Layouts with fewer axes, and what else several families ask about shapes. */
final class Axes {
  private Axes() {}

  /** {@code layout} cut to its first {@code rank} axes: the elements whose other indices are 0. */
  static Layout first(Layout layout, int rank) {
    return layout.first(rank);
  }

  /** {@code count} of the places along {@code axis}, beginning at {@code from}. */
  static Tensor part(Tensor t, int axis, int from, int count) {
    int[] start = new int[t.rank()];
    int[] size = t.shape().toArray();
    int[] step = new int[t.rank()];
    Arrays.fill(step, 1);
    start[axis] = from;
    size[axis] = count;
    return t.withLayout(t.layout().slice(Ints.of(start), Ints.of(size), Ints.of(step)));
  }

  /** The dtype whose elements are those of a kernel's type of arithmetic. */
  static DType arithmetic(DType dtype) {
    return switch (dtype) {
      case F32, F16, BF16 -> DType.F32;
      case F64 -> DType.F64;
      case I64, I32, I8, U8, BOOL -> DType.I64;
    };
  }
}
