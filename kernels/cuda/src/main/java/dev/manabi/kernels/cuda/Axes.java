package dev.manabi.kernels.cuda;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;

/** Layouts with fewer axes, and what else several families ask about shapes. */
final class Axes {
  private Axes() {}

  /** {@code layout} cut to its first {@code rank} axes: the elements whose other indices are 0. */
  static Layout first(Layout layout, int rank) {
    return layout.first(rank);
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
