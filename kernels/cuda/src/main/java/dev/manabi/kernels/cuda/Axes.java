package dev.manabi.kernels.cuda;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;

/** Layouts with fewer axes, and what else several families ask about shapes. */
final class Axes {
  private Axes() {}

  /** The axes of {@code rank} dimensions that are not in {@code axes}. */
  static Ints others(Ints axes, int rank) {
    int[] rest = new int[rank - axes.size()];
    int n = 0;
    for (int i = 0; i < rank; i++) {
      if (!axes.contains(i)) {
        rest[n++] = i;
      }
    }
    return Ints.of(rest);
  }

  /** {@code layout} without {@code axis}: the elements whose index there is 0. */
  static Layout without(Layout layout, int axis) {
    return layout.permute(others(Ints.of(axis), layout.rank()));
  }

  /** {@code layout} cut to its first {@code rank} axes: the elements whose other indices are 0. */
  static Layout first(Layout layout, int rank) {
    return layout.permute(Ints.range(0, rank));
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
