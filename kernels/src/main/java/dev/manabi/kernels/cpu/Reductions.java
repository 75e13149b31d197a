package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.Reduce;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;

/** Kernels of {@link ReduceOp}: f32, and for sorting every type of at most 32 bits. */
final class Reductions {
  private Reductions() {}

  static void run(ReduceOp op, Tensor[] in, Tensor[] out) {
    if (!isFast(op, in[0])) {
      if (isMeanOfAll(op, in[0], out[0])) {
        // A sum falls into parts, a mean does not.
        Reduce mean = (Reduce) op;
        CpuBackend.reference(new Reduce(ReduceFn.SUM, mean.axes(), mean.keepDim()), in, out);
        Native.putDouble(out[0].address(), Native.getDouble(out[0].address()) / in[0].numel());
      } else {
        CpuBackend.reference(op, in, out);
      }
      return;
    }
    try (var operands = new Operands()) {
      Tensor x = isCounted(op, in[0].dtype()) ? operands.f32(in[0]) : operands.dense(in[0]);
      switch (op) {
        case Reduce r -> reduce(r, x, out[0], operands);
        case ReduceOp.ArgReduce a -> argReduce(a, x, out[0], operands);
        case ReduceOp.CumSum c -> {
          Tensor y = operands.target(out[0], x.layout());
          AxisView view = AxisView.of(x.layout(), c.axis());
          Lines.cumSum(view, c.reverse(), x.address(), y.address());
        }
        case ReduceOp.Softmax s ->
            Softmaxes.run(false, s.axis(), x, operands.target(out[0], x.layout()));
        case ReduceOp.LogSoftmax s ->
            Softmaxes.run(true, s.axis(), x, operands.target(out[0], x.layout()));
        case ReduceOp.ArgSort s ->
            argSort(s.axis(), x.size(s.axis()), s.descending(), x, out[0], operands);
        case ReduceOp.ArgTopK t -> argSort(t.axis(), t.k(), t.largest(), x, out[0], operands);
      }
    }
  }

  private static boolean isMeanOfAll(ReduceOp op, Tensor x, Tensor y) {
    boolean mean = op instanceof Reduce r && r.fn() == ReduceFn.MEAN;
    return mean && x.dtype() == DType.F64 && y.numel() == 1;
  }

  private static boolean isFast(ReduceOp op, Tensor x) {
    boolean f32 = x.dtype() == DType.F32;
    return x.numel() > 0
        && switch (op) {
          case Reduce r -> (f32 || isCounted(r, x.dtype())) && Reduction.fits(x.shape(), r.axes());
          case ReduceOp.ArgReduce _, ReduceOp.CumSum _ -> f32;
          case ReduceOp.Softmax _, ReduceOp.LogSoftmax _ -> f32;
          case ReduceOp.ArgSort _, ReduceOp.ArgTopK _ -> Lines.sorts(x.dtype());
        };
  }

  /**
   * Whether a reduction of a type of one byte is as exact by way of f32: its elements are, their
   * sums in f64 too, but not their products.
   */
  private static boolean isCounted(ReduceOp op, DType dtype) {
    return dtype.bytes() == 1
        && op instanceof Reduce r
        && switch (r.fn()) {
          case SUM, MAX, MIN, ANY, ALL -> true;
          case MEAN, PROD -> false;
        };
  }

  private static void reduce(Reduce op, Tensor x, Tensor out, Operands operands) {
    Segments segments = Segments.of(x.layout(), op.axes()::contains);
    double[] values = Reduction.run(segments, new FoldPartial(kernel(op.fn()), x.address()));
    Tensor y = operands.rowMajorTarget(inMemoryOrder(op.axes(), op.keepDim(), x.layout(), out));
    boolean mean = op.fn() == ReduceFn.MEAN;
    double divisor = mean ? (double) x.numel() / out.numel() : 1;
    int bytes = y.dtype().bytes();
    for (int i = 0; i < y.numel(); i++) {
      put(y.dtype(), y.address() + (long) i * bytes, values[i] / divisor);
    }
  }

  private static FoldKernel kernel(ReduceFn fn) {
    return switch (fn) {
      case SUM, MEAN -> Fold.SUM;
      case PROD -> Fold.PROD;
      case MAX -> Fold.MAX;
      case MIN -> Fold.MIN;
      case ANY -> Fold.ANY;
      case ALL -> Fold.ALL;
    };
  }

  private static void put(DType dtype, long at, double value) {
    switch (dtype) {
      case F32 -> Native.putFloat(at, (float) value);
      case I64 -> Native.putLong(at, (long) value);
      case BOOL, I8, U8 -> Native.putByte(at, (byte) (int) value);
      case F64, F16, BF16, I32 ->
          throw new IllegalArgumentException("no reduction here gives " + dtype);
    }
  }

  private static void argReduce(ReduceOp.ArgReduce op, Tensor x, Tensor out, Operands operands) {
    Tensor y =
        operands.rowMajorTarget(inMemoryOrder(Ints.of(op.axis()), op.keepDim(), x.layout(), out));
    AxisView view = AxisView.of(x.layout(), op.axis());
    Lines.argReduce(view, op.max(), x.address(), y.address());
  }

  private static void argSort(
      int axis, int k, boolean descending, Tensor x, Tensor out, Operands operands) {
    Tensor y = operands.target(out, x.layout().denseLike(out.shape()));
    AxisView view = AxisView.of(x.layout(), axis);
    Lines.argSort(view, k, descending, x.dtype(), x.address(), y.address());
  }

  /** {@code y} with its axes in the order in which the kept axes of {@code x} lie in memory. */
  private static Tensor inMemoryOrder(Ints axes, boolean keepDim, Layout x, Tensor y) {
    Ints order = Operands.memoryOrder(x);
    int[] permuted = new int[y.rank()];
    int n = 0;
    for (int i = 0; i < order.size(); i++) {
      int axis = order.get(i);
      if (keepDim) {
        permuted[n++] = axis;
      } else if (!axes.contains(axis)) {
        permuted[n++] = axis - smaller(axes, axis);
      }
    }
    return y.withLayout(y.layout().permute(Ints.of(permuted)));
  }

  /** How many of {@code axes} come before {@code axis}. */
  private static int smaller(Ints axes, int axis) {
    int n = 0;
    for (int i = 0; i < axes.size(); i++) {
      n += axes.get(i) < axis ? 1 : 0;
    }
    return n;
  }
}
