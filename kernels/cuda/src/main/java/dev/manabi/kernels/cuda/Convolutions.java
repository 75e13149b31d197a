package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Convolution and its two gradients as implicit matrix products. */
final class Convolutions {
  /** A block of the weight gradient sums over at least so many pixels. */
  private static final int PIXELS_PER_SPLIT = 512;

  /** So many blocks keep a device busy; more splits would only cost scratch memory. */
  private static final int ENOUGH_BLOCKS = 512;

  /** Offsets of more than these, and of what padding adds, are no ints. */
  private static final long MOST_ELEMENTS = 1L << 30;

  private Convolutions() {}

  static void run(Gpu gpu, ConvOp op, Tensor[] in, Tensor out) {
    if (out.numel() == 0) {
      return;
    }
    LibraryConvolution library = gpu.libraries().convolution(gpu, op, in, out);
    if (library == null) {
      byHand(gpu, op, in, out);
    } else {
      gpu.libraries().choice().run(library.key(), () -> byHand(gpu, op, in, out), library::run);
    }
  }

  private static void byHand(Gpu gpu, ConvOp op, Tensor[] in, Tensor out) {
    ConvOp.Params p = op.params();
    switch (op) {
      case ConvOp.Conv2d _ -> forward(gpu, p, in[0], in[1], in.length > 2 ? in[2] : null, out);
      case ConvOp.InputGrad _ -> inputGrad(gpu, p, in[0], in[1], out);
      case ConvOp.WeightGrad _ -> weightGrad(gpu, p, in[0], in[1], out);
    }
  }

  /** How a convolution is computed: in chunks of channels if they allow, with which tile. */
  private record Way(Gpu gpu, DType dtype, boolean wide, Tile tile) {
    /** For results of so many rows and columns, {@code count} times. */
    static Way of(
        Gpu gpu,
        ConvOp.Params p,
        Tensor x,
        Tensor y,
        int perGroup,
        int rows,
        int columns,
        int count) {
      DType dtype = x.dtype();
      int chunk = Tile.chunk(dtype);
      boolean wide =
          Tile.canBeWide(gpu, dtype)
              && perGroup % chunk == 0
              && y.shape().dim(1) / p.groups() % chunk == 0
              && hasChunks(x, chunk)
              && hasChunks(y, chunk);
      Tile tile =
          wide ? Tile.of(rows, columns, count, gpu.context().info().multiprocessors()) : Tile.SMALL;
      return new Way(gpu, dtype, wide, tile);
    }

    /** A launch of {@code kernel}; across: neighbouring lines are neighbours in memory. */
    Call call(String kernel, boolean across) {
      return wide
          ? gpu.callOnTensorCores("conv_wide", dtype, "conv_wide_" + kernel + "_" + tile.side())
          : gpu.callOnTensorCores("conv", dtype, "conv_" + kernel + (across ? "_a" : "_s"));
    }

    Grid grid(int rows, int columns, int z) {
      return tile.grid(gpu, dtype, wide, rows, columns, z);
    }

    /** Calls {@code body} with filters that lie as this way needs them. */
    void withFilters(Tensor weight, Consumer<Tensor> body) {
      if (!wide || hasChunks(weight, Tile.chunk(dtype))) {
        body.accept(weight);
        return;
      }
      try (Scratch copy = Scratch.of(gpu, dtype, Layout.channelsLast(weight.shape()))) {
        Copies.copy(gpu, weight, copy.tensor());
        body.accept(copy.tensor());
      }
    }
  }

  /** Whether the channels of each pixel are neighbours, and other strides whole chunks. */
  private static boolean hasChunks(Tensor planes, int chunk) {
    Layout layout = planes.layout();
    boolean fits = layout.stride(1) == 1 && Tile.isAligned(planes);
    long span = layout.shape().dim(1);
    for (int axis : new int[] {0, 2, 3}) {
      long stride = layout.stride(axis);
      fits &= layout.shape().dim(axis) == 1 || stride % chunk == 0;
      span += Math.abs(stride) * layout.shape().dim(axis);
    }
    return fits && span < MOST_ELEMENTS;
  }

  /** {@code Conv} of {@code conv.cu}. */
  private static Call problem(Call call, Tensor x, Tensor weight, Tensor y, ConvOp.Params p) {
    Layout f = weight.layout();
    Pools.planes(Pools.planes(call, x), y);
    for (int i = 0; i < 4; i++) {
      call.i64(f.stride(i));
    }
    call.i32(f.shape().dim(2)).i32(f.shape().dim(3)).i32(f.shape().dim(1)).alignStruct();
    return call.i32(p.strideH())
        .i32(p.strideW())
        .i32(p.paddingH())
        .i32(p.paddingW())
        .i32(p.dilationH())
        .i32(p.dilationW())
        .i32(f.shape().dim(0) / p.groups())
        .alignStruct();
  }

  /** Whether neighbouring pixels, rather than channels, are neighbours in memory. */
  private static boolean isPlanar(Tensor planes) {
    Layout layout = planes.layout();
    return Math.abs(layout.stride(3)) < Math.abs(layout.stride(1));
  }

  private static int pixels(Tensor planes) {
    return planes.shape().dim(0) * planes.shape().dim(2) * planes.shape().dim(3);
  }

  private static void forward(
      Gpu gpu, ConvOp.Params p, Tensor x, Tensor filters, @Nullable Tensor bias, Tensor y) {
    int rows = pixels(y);
    int columns = y.shape().dim(1) / p.groups();
    Way way = Way.of(gpu, p, x, y, filters.shape().dim(1), rows, columns, p.groups());
    way.withFilters(
        filters,
        weight ->
            problem(way.call("forward", isPlanar(x)), x, weight, y, p)
                .tensor(x)
                .tensor(weight)
                .tensor(y)
                .address(bias == null ? 0 : bias.address())
                .i64(bias == null ? 0 : bias.layout().stride(0))
                .grid(way.grid(rows, columns, p.groups())));
  }

  private static void inputGrad(Gpu gpu, ConvOp.Params p, Tensor g, Tensor filters, Tensor x) {
    int rows = pixels(x);
    int columns = filters.shape().dim(1);
    Way way = Way.of(gpu, p, x, g, columns, rows, columns, p.groups());
    way.withFilters(
        filters,
        weight ->
            problem(way.call("input_grad", isPlanar(g)), x, weight, g, p)
                .tensor(g)
                .tensor(weight)
                .tensor(x)
                .grid(way.grid(rows, columns, p.groups())));
  }

  private static void weightGrad(Gpu gpu, ConvOp.Params p, Tensor x, Tensor g, Tensor weight) {
    int filters = weight.shape().dim(0);
    int rows = filters / p.groups();
    int columns = (int) (weight.numel() / filters);
    int pixels = pixels(g);
    int most = Math.max(1, pixels / PIXELS_PER_SPLIT);
    Way way = Way.of(gpu, p, x, g, weight.shape().dim(1), rows, columns, p.groups() * most);
    Grid once = way.grid(rows, columns, p.groups());
    int splits = Math.min(most, Math.ceilDiv(ENOUGH_BLOCKS, once.x() * once.y() * once.z()));
    int perSplit = Math.ceilDiv(Math.max(1, pixels), splits);
    int bytes = Axes.arithmetic(weight.dtype()).bytes();
    gpu.withScratch(
        (long) bytes * weight.numel() * splits,
        scratch -> {
          // Lines are channels here: of a planar image they are not neighbours.
          problem(way.call("weight_grad", !isPlanar(g)), x, weight, g, p)
              .tensor(x)
              .tensor(g)
              .address(scratch)
              .i32(p.groups())
              .i32(perSplit)
              .grid(way.grid(rows, columns, p.groups() * splits));
          problem(
                  gpu.callOnTensorCores("conv", weight.dtype(), "conv_weight_grad_sum"),
                  x,
                  weight,
                  g,
                  p)
              .address(scratch)
              .tensor(weight)
              .i32(filters)
              .i32(splits)
              .each(weight.numel());
        });
  }
}
