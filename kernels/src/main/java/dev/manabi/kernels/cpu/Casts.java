package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The kernels that convert between dtypes, made when first asked for. */
final class Casts {
  private static final int TYPES = DType.values().length;
  private static final AtomicReferenceArray<RowKernel> KERNELS =
      new AtomicReferenceArray<>(TYPES * TYPES);

  private Casts() {}

  /** The kernel {@code x -> y} from dtype {@code from} to another one. */
  static RowKernel kernel(DType from, DType to) {
    int slot = from.ordinal() * TYPES + to.ordinal();
    RowKernel kernel = KERNELS.get(slot);
    if (kernel == null) {
      kernel = make(from, to);
      KERNELS.set(slot, kernel);
    }
    return kernel;
  }

  private static RowKernel make(DType from, DType to) {
    if (from == DType.F32 && to == DType.BOOL) {
      return ElementwiseKernels.notZero(from);
    }
    LaneCastLoop.Conversion lanes = LaneCasts.conversion(from, to);
    if (lanes != null) {
      return KernelTemplate.copy(RowKernel.class, LaneCastLoop.class, lanes);
    }
    var pair = new CastLoop.Pair(Cell.of(from), Cell.of(to), !from.isFloating());
    return KernelTemplate.copy(RowKernel.class, CastLoop.class, pair);
  }
}
