package dev.manabi.kernels.cuda;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.IndexOp;
import java.util.Arrays;

/** Ops that move elements to or from computed places. */
final class Indexes {
  private static final int NONZERO_THREADS = 256;
  private static final int NONZERO_BLOCKS = 1024;

  /** Fewer rounds are not worth a block. */
  private static final int NONZERO_ROUNDS = 4;

  private Indexes() {}

  static void run(Gpu gpu, IndexOp op, Tensor[] in, Tensor y) {
    switch (op) {
      case IndexOp.IndexSelect(int axis) ->
          take(
              gpu,
              op.name(),
              in[0],
              axis,
              in[1],
              y,
              Walk.over(
                  y.shape(),
                  spread(in[0].layout(), axis, in[1].layout()),
                  alone(in[1].layout(), axis, y.shape()),
                  y.layout()));
      case IndexOp.Gather(int axis) ->
          take(
              gpu,
              op.name(),
              in[0],
              axis,
              in[1],
              y,
              Walk.over(
                  y.shape(),
                  standing(in[0].layout(), axis, y.shape()),
                  in[1].layout(),
                  y.layout()));
      case IndexOp.Scatter(int axis) -> scatter(gpu, op.name(), axis, in, y);
      case IndexOp.IndexAdd(int axis, int _) ->
          Accumulation.indexAdd(gpu, op.name(), axis, in[0], in[1], y);
      case IndexOp.ScatterAdd(int axis) -> Accumulation.scatterAdd(gpu, op.name(), axis, in, y);
      case IndexOp.ViewScatter(var view, var _) -> Accumulation.viewScatter(gpu, view, in[0], y);
      case IndexOp.Cat(int axis) -> cat(gpu, axis, in, y);
      case IndexOp.Pad pad -> {
        Copies.fill(gpu, y, pad.value());
        moveTo(gpu, y, pad.before(), in[0]);
      }
      case IndexOp.NonZero(int count) -> nonZero(gpu, count, in[0], y);
    }
  }

  private static void take(Gpu gpu, String op, Tensor x, int axis, Tensor index, Tensor y, Walk w) {
    gpu.callByWidth("index", y.dtype().bytes(), "take")
        .walk(w)
        .tensor(x)
        .tensor(index)
        .i32(index.dtype() == DType.I64)
        .tensor(y)
        .i64(x.layout().stride(axis))
        .i64(x.shape().dim(axis))
        .faults(op)
        .each(w.count());
  }

  /** {@code x} with {@code axis} replaced by the axes of {@code index}, along which it stands. */
  static Layout spread(Layout x, int axis, Layout index) {
    Shape shape = x.shape().remove(axis);
    Layout layout = x.without(axis);
    long[] strides = new long[shape.rank() + index.rank()];
    for (int i = 0; i < shape.rank(); i++) {
      strides[i < axis ? i : i + index.rank()] = layout.stride(i);
    }
    for (int i = 0; i < index.rank(); i++) {
      shape = shape.insert(axis + i, index.shape().dim(i));
    }
    return Layout.of(shape, strides, layout.offset());
  }

  /** {@code index} with the shape {@code y}, in which its axes begin at {@code axis}. */
  static Layout alone(Layout index, int axis, Shape y) {
    long[] strides = new long[y.rank()];
    System.arraycopy(index.strides(), 0, strides, axis, index.rank());
    return Layout.of(y, strides, index.offset());
  }

  /** The corner of {@code shape} in {@code x}, without moving along {@code axis}. */
  static Layout standing(Layout x, int axis, Shape shape) {
    long[] strides = x.strides();
    strides[axis] = 0;
    return Layout.of(shape, strides, x.offset());
  }

  /** The corner of {@code shape} in {@code x}. */
  static Layout corner(Layout x, Shape shape) {
    return Layout.of(shape, x.strides(), x.offset());
  }

  static void planeGather(Gpu gpu, String op, Tensor x, Tensor index, Tensor y) {
    Walk w = Walk.over(y.shape(), inPlane(x.layout(), y.shape()), index.layout(), y.layout());
    gpu.callByWidth("index", y.dtype().bytes(), "take_in_plane")
        .walk(w)
        .tensor(x)
        .tensor(index)
        .i32(index.dtype() == DType.I64)
        .tensor(y)
        .i32(x.shape().dim(3))
        .i64(x.layout().stride(2))
        .i64(x.layout().stride(3))
        .i64((long) x.shape().dim(2) * x.shape().dim(3))
        .faults(op)
        .each(w.count());
  }

  /** The first element of each plane of {@code x}, for every element of {@code shape}. */
  static Layout inPlane(Layout x, Shape shape) {
    return Layout.of(shape, new long[] {x.stride(0), x.stride(1), 0, 0}, x.offset());
  }

  private static void scatter(Gpu gpu, String op, int axis, Tensor[] in, Tensor y) {
    Tensor index = in[1];
    Tensor source = in[2];
    Copies.copy(gpu, in[0], y);
    Shape shape = index.shape();
    Walk w =
        Walk.inOrder(
            shape,
            index.layout(),
            corner(source.layout(), shape),
            standing(y.layout(), axis, shape));
    long stride = y.layout().stride(axis);
    int size = y.shape().dim(axis);
    boolean wide = index.dtype() == DType.I64;
    int bytes = y.dtype().bytes();
    long scratch = 4 * y.numel();
    gpu.withScratch(
        scratch,
        winner -> {
          gpu.context().fill(winner, (byte) -1, scratch);
          gpu.callByWidth("index", bytes, "claim")
              .walk(w)
              .tensor(index)
              .i32(wide)
              .address(winner)
              .i64(stride)
              .i64(size)
              .faults(op)
              .each(w.count());
          gpu.callByWidth("index", bytes, "put_claimed")
              .walk(w)
              .tensor(index)
              .i32(wide)
              .address(winner)
              .tensor(source)
              .tensor(y)
              .i64(stride)
              .i64(size)
              .each(w.count());
        });
  }

  private static void cat(Gpu gpu, int axis, Tensor[] in, Tensor y) {
    int[] start = new int[y.rank()];
    for (Tensor x : in) {
      moveTo(gpu, y, Ints.of(start), x);
      start[axis] += x.shape().dim(axis);
    }
  }

  /** Writes {@code x} into the box of {@code y} that begins at {@code start}. */
  private static void moveTo(Gpu gpu, Tensor y, Ints start, Tensor x) {
    int[] ones = new int[y.rank()];
    Arrays.fill(ones, 1);
    if (x.numel() > 0) {
      Layout box = y.layout().slice(start, Ints.of(x.shape().toArray()), Ints.of(ones));
      Copies.copy(gpu, x, y.withLayout(box));
    }
  }

  private static void nonZero(Gpu gpu, int count, Tensor x, Tensor y) {
    if (count == 0) {
      return;
    }
    Walk w = Walk.inOrder(x.shape(), x.layout());
    // Whole rounds of a block, and no more blocks than each can add up the counts of.
    int rounds = Math.ceilDiv(w.count(), NONZERO_THREADS * NONZERO_BLOCKS);
    int run = NONZERO_THREADS * Math.max(rounds, NONZERO_ROUNDS);
    int blocks = Math.ceilDiv(w.count(), run);
    gpu.withScratch(
        (long) Integer.BYTES * blocks,
        counts -> {
          gpu.call("nonzero", x.dtype(), "count_nonzero")
              .walk(w)
              .tensor(x)
              .i32(run)
              .address(counts)
              .blocks(blocks, NONZERO_THREADS);
          Call call =
              gpu.call("nonzero", x.dtype(), "nonzero")
                  .walk(w)
                  .tensor(x)
                  .i32(run)
                  .address(counts)
                  .tensor(y)
                  .i32(count)
                  .i64(y.layout().stride(0))
                  .i64(y.layout().stride(1))
                  .i32(x.rank());
          for (int i = 0; i < Walk.MAX_RANK; i++) {
            call.i32(i < x.rank() ? x.shape().dim(i) : 1);
          }
          call.blocks(blocks, NONZERO_THREADS);
        });
  }
}
