package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.kernels.cuda.library.CudnnSoftmax;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ReduceOp;
import java.util.Locale;

/** Ops that combine or order the elements along some axes. */
final class Reductions {
  /** With so few members a thread combines them all by itself. */
  private static final int FEW_MEMBERS = 32;

  /** With so many outputs there is a thread for each and enough of them. */
  private static final int MANY_OUTPUTS = 1 << 14;

  /** One block combines so many members before it is worth to split them among several. */
  private static final int MEMBERS_PER_BLOCK = 1 << 14;

  /** So many blocks keep the largest device busy; by its own size, sums would differ by device. */
  private static final int ENOUGH_BLOCKS = 1 << 10;

  private static final int THREADS = 256;

  private Reductions() {}

  static void run(Gpu gpu, ReduceOp op, Tensor x, Tensor y) {
    switch (op) {
      case ReduceOp.Reduce reduce -> reduce(gpu, reduce, x, y);
      case ReduceOp.CumSum cumSum ->
          lines(gpu, "lines", "cum_sum", cumSum.axis(), x, y)
              .i32(cumSum.reverse())
              .blocks(lineCount(x, cumSum.axis()), 32);
      case ReduceOp.Softmax(int axis) -> softmax(gpu, false, axis, x, y);
      case ReduceOp.LogSoftmax(int axis) -> softmax(gpu, true, axis, x, y);
      case ReduceOp.ArgReduce arg -> Sorting.argReduce(gpu, arg, x, y);
      case ReduceOp.ArgSort sort ->
          Sorting.argSort(gpu, sort.axis(), sort.descending(), x.shape().dim(sort.axis()), x, y);
      case ReduceOp.ArgTopK topK ->
          Sorting.argSort(gpu, topK.axis(), topK.largest(), topK.k(), x, y);
    }
  }

  private static void reduce(Gpu gpu, ReduceOp.Reduce op, Tensor x, Tensor y) {
    Ints kept = op.axes().others(x.rank());
    Layout result = op.keepDim() ? y.layout().permute(kept) : y.layout();
    Walk outputs = Walk.over(result.shape(), x.layout().permute(kept), result);
    Walk members = Walk.along(op.axes(), x.shape(), x.layout());
    String fn = op.fn().name().toLowerCase(Locale.ROOT);
    int parts =
        Math.min(
            ENOUGH_BLOCKS / Math.max(1, outputs.count()),
            Math.ceilDiv(members.count(), MEMBERS_PER_BLOCK));
    if (members.count() <= FEW_MEMBERS || outputs.count() >= MANY_OUTPUTS) {
      gpu.call("reduce", x.dtype(), "reduce_columns_" + fn)
          .walk(outputs)
          .walk(members)
          .tensor(x)
          .tensor(y)
          .each(outputs.count());
    } else if (parts <= 1) {
      gpu.call("reduce", x.dtype(), "reduce_rows_" + fn)
          .walk(outputs)
          .walk(members)
          .tensor(x)
          .tensor(y)
          .blocks(outputs.count(), members.count() > THREADS ? THREADS : 32);
    } else {
      long bytes = (long) outputs.count() * parts * Axes.arithmetic(x.dtype()).bytes();
      gpu.withScratch(
          bytes,
          partial -> {
            gpu.call("reduce", x.dtype(), "reduce_partial_" + fn)
                .walk(outputs)
                .walk(members)
                .tensor(x)
                .address(partial)
                .grid(Grid.of(parts, outputs.count(), 1, THREADS));
            gpu.call("reduce", x.dtype(), "reduce_finish_" + fn)
                .walk(outputs)
                .address(partial)
                .tensor(y)
                .i32(parts)
                .i32(members.count())
                .blocks(outputs.count(), 64);
          });
    }
  }

  /** A call with the parameters that all kernels along one axis begin with. */
  private static Call lines(Gpu gpu, String family, String kernel, int axis, Tensor x, Tensor y) {
    Walk lines = lineStarts(axis, x.layout(), y.layout());
    return gpu.call(family, x.dtype(), kernel)
        .walk(lines)
        .tensor(x)
        .tensor(y)
        .i32(x.shape().dim(axis))
        .i64(x.layout().stride(axis))
        .i64(y.layout().stride(axis));
  }

  /** Where the lines along {@code axis} begin in both. */
  static Walk lineStarts(int axis, Layout x, Layout y) {
    Layout starts = x.without(axis);
    return Walk.over(starts.shape(), starts, y.without(axis));
  }

  private static int lineCount(Tensor x, int axis) {
    return Math.toIntExact(x.layout().without(axis).numel());
  }

  private static void softmax(Gpu gpu, boolean logarithm, int axis, Tensor x, Tensor y) {
    int length = x.shape().dim(axis);
    int threads = length > 512 ? THREADS : length > 64 ? 64 : 32;
    String kernel = logarithm ? "log_softmax" : "softmax";
    gpu.libraries()
        .run(
            () -> CudnnSoftmax.of(axis, logarithm, x, y),
            () ->
                lines(gpu, "lines", kernel, axis, x, y)
                    .blocks(length == 0 ? 0 : lineCount(x, axis), threads),
            x,
            y);
  }
}
