package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ReduceOp;

/** The indices that sort lines, or the first of them: the kernels of {@code sort.cu}. */
final class Sorting {
  /** What a run takes of shared memory; several blocks find room on a multiprocessor. */
  private static final int RUN_BYTES = 32 << 10;

  private static final int MERGE_TILE = 1024;
  private static final int MERGE_THREADS = 256;

  /** Threads of a block that sorts long runs, and of one that sorts several short ones. */
  private static final int MOST_THREADS = 512;

  private static final int FEW_THREADS = 128;

  private Sorting() {}

  static void argReduce(Gpu gpu, ReduceOp.ArgReduce op, Tensor x, Tensor y) {
    Layout result = op.keepDim() ? y.layout().without(op.axis()) : y.layout();
    Walk lines = Walk.over(result.shape(), x.layout().without(op.axis()), result);
    gpu.call("order", x.dtype(), "arg_reduce")
        .walk(lines)
        .tensor(x)
        .tensor(y)
        .i32(x.shape().dim(op.axis()))
        .i64(x.layout().stride(op.axis()))
        .i32(op.max())
        .blocks(lines.count(), 32);
  }

  /** Bytes of an element's value as a number with its index. */
  private static int entryBytes(DType dtype) {
    return dtype.bytes() == Long.BYTES ? 16 : 8;
  }

  /** The longest line that one block sorts. */
  static int longestRun(DType dtype) {
    return RUN_BYTES / entryBytes(dtype);
  }

  /** Writes the first {@code k} indices of each line's order to {@code y}. */
  static void argSort(Gpu gpu, int axis, boolean descending, int k, Tensor x, Tensor y) {
    if (y.numel() == 0) {
      return;
    }
    int length = x.shape().dim(axis);
    int longest = longestRun(x.dtype());
    int run = Math.min(longest, roundedUp(length));
    int runs = Math.ceilDiv(length, run);
    int kept = Math.min(k, run);
    Walk lines = Reductions.lineStarts(axis, x.layout(), y.layout());
    if (runs == 1) {
      sortRuns(gpu, axis, descending, run, runs, kept, lines, x, y, 0);
      return;
    }
    // Each merge leaves half as many runs of up to twice the length.
    long most = (long) runs * kept;
    int later = Math.ceilDiv(runs, 2);
    most = Math.max(most, (long) later * Math.min(2L * kept, k));
    long bytes = most * lines.count() * entryBytes(x.dtype());
    gpu.withScratch(
        bytes,
        from ->
            gpu.withScratch(
                bytes,
                to -> {
                  sortRuns(gpu, axis, descending, run, runs, kept, lines, x, y, from);
                  merge(gpu, axis, k, run, runs, lines, x, y, from, to);
                }));
  }

  private static int roundedUp(int length) {
    return length == 1 ? 1 : Integer.highestOneBit(length - 1) << 1;
  }

  private static void sortRuns(
      Gpu gpu,
      int axis,
      boolean descending,
      int run,
      int runs,
      int kept,
      Walk lines,
      Tensor x,
      Tensor y,
      long sorted) {
    int threads = Math.clamp(run / 2, 1, MOST_THREADS);
    int together = Math.max(1, FEW_THREADS / threads);
    int blocks = Math.toIntExact(Math.ceilDiv((long) lines.count() * runs, together));
    gpu.call("sort", x.dtype(), "sort_runs")
        .walk(lines)
        .tensor(x)
        .tensor(y)
        .i32(x.shape().dim(axis))
        .i64(x.layout().stride(axis))
        .i64(y.layout().stride(axis))
        .i32(descending)
        .i32(run)
        .i32(runs)
        .i32(kept)
        .address(sorted)
        .grid(new Grid(blocks, 1, 1, threads, together, 1, together * run * entryBytes(x.dtype())));
  }

  /** Merges {@code runs} runs of {@code run} places each, of which {@code from} has the first. */
  private static void merge(
      Gpu gpu,
      int axis,
      int k,
      int run,
      int runs,
      Walk lines,
      Tensor x,
      Tensor y,
      long from,
      long to) {
    int had = Math.min(k, run);
    long span = run;
    while (runs > 1) {
      int pairs = Math.ceilDiv(runs, 2);
      int kept = (int) Math.min(2L * had, k);
      int tiles = Math.ceilDiv(kept, MERGE_TILE);
      gpu.call("sort", x.dtype(), "merge_runs")
          .walk(lines)
          .address(from)
          .address(pairs == 1 ? 0 : to)
          .tensor(y)
          .i32(x.shape().dim(axis))
          .i64(y.layout().stride(axis))
          .i64(span)
          .i32(runs)
          .i32(had)
          .i32(kept)
          .i32(tiles)
          .blocks(Math.toIntExact((long) lines.count() * pairs * tiles), MERGE_THREADS);
      long merged = to;
      to = from;
      from = merged;
      runs = pairs;
      had = kept;
      span *= 2;
    }
  }
}
