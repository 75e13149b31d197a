package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import java.util.function.Consumer;

/** Convolution and its two gradients as implicit matrix products. */
final class Convolutions {
  /** Offsets of more than these, and of what padding adds, are no ints. */
  private static final long MOST_ELEMENTS = 1L << 30;

  private Convolutions() {}

  static void run(Gpu gpu, ConvOp op, Tensor[] in, Tensor out) {
    if (out.numel() == 0) {
      return;
    }
    Convolution c = Convolution.of(op, in, out);
    LibraryConvolution library = gpu.libraries().convolution(gpu, c);
    if (library == null) {
      byHand(gpu, c);
    } else {
      gpu.libraries().choice().run(library.key(), () -> byHand(gpu, c), library::run);
    }
  }

  private static void byHand(Gpu gpu, Convolution c) {
    if (ChannelCopies.pay(gpu, c)) {
      ChannelCopies.run(gpu, c);
    } else {
      compute(gpu, c);
    }
  }

  /** Computes it on its operands as they lie. */
  static void compute(Gpu gpu, Convolution c) {
    switch (c.op()) {
      case ConvOp.Conv2d _ -> forward(gpu, c);
      case ConvOp.InputGrad _ -> inputGrad(gpu, c);
      case ConvOp.WeightGrad _ -> weightGrad(gpu, c);
    }
  }

  /** How a convolution is computed: in chunks of channels if they allow, with which tile. */
  private record Way(Gpu gpu, DType dtype, boolean wide, Tile tile) {
    /** For results of so many rows and columns, {@code count} times. */
    static Way of(Gpu gpu, Convolution c, int rows, int columns, long count) {
      DType dtype = c.x().dtype();
      int chunk = Tile.chunk(dtype);
      boolean wide =
          Tile.canBeWide(gpu, dtype)
              && c.channelsPerGroup() % chunk == 0
              && c.filtersPerGroup() % chunk == 0
              && hasChunks(c.x(), chunk)
              && hasChunks(c.y(), chunk);
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
  static boolean hasChunks(Tensor planes, int chunk) {
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

  /** {@code Conv} of {@code conv.cuh}, with filters as they lie for this launch. */
  private static Call problem(Call call, Convolution c, Tensor weight) {
    ConvOp.Params p = c.params();
    Layout f = weight.layout();
    Pools.planes(Pools.planes(call, c.x()), c.y());
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
        .i32(c.filtersPerGroup())
        .alignStruct();
  }

  /** Whether neighbouring pixels, rather than channels, are neighbours in memory. */
  private static boolean isPlanar(Tensor planes) {
    Layout layout = planes.layout();
    return Math.abs(layout.stride(3)) < Math.abs(layout.stride(1));
  }

  private static void forward(Gpu gpu, Convolution c) {
    c.epilogue().with(gpu, c.y(), epilogue -> forward(gpu, c, epilogue));
  }

  private static void forward(Gpu gpu, Convolution c, Epilogue epilogue) {
    int rows = Convolution.pixels(c.y());
    int columns = c.filtersPerGroup();
    Tensor bias = c.bias();
    Way way = Way.of(gpu, c, rows, columns, c.groups());
    way.withFilters(
        c.weight(),
        weight ->
            epilogue
                .on(
                    problem(way.call("forward", isPlanar(c.x())), c, weight)
                        .tensor(c.x())
                        .tensor(weight)
                        .tensor(c.y())
                        .address(bias == null ? 0 : bias.address())
                        .i64(bias == null ? 0 : bias.layout().stride(0)))
                .grid(way.grid(rows, columns, c.groups())));
  }

  private static void inputGrad(Gpu gpu, Convolution c) {
    int rows = Convolution.pixels(c.x());
    int columns = c.channelsPerGroup();
    Way way = Way.of(gpu, c, rows, columns, c.groups());
    way.withFilters(
        c.weight(),
        weight ->
            problem(way.call("input_grad", isPlanar(c.y())), c, weight)
                .tensor(c.y())
                .tensor(weight)
                .tensor(c.x())
                .grid(way.grid(rows, columns, c.groups())));
  }

  private static void weightGrad(Gpu gpu, Convolution c) {
    Tensor weight = c.weight();
    int filters = weight.shape().dim(0);
    int rows = c.filtersPerGroup();
    int columns = (int) (weight.numel() / filters);
    int pixels = Convolution.pixels(c.y());
    // With how many parts there may be: the more there are, the less a large tile leaves idle.
    Way way = Way.of(gpu, c, rows, columns, (long) c.groups() * Split.most(pixels));
    Grid once = way.grid(rows, columns, c.groups());
    // Lines are channels here: of a planar image they are not neighbours.
    boolean across = !isPlanar(c.y());
    long atOnce = way.call("weight_grad", across).blocksAtOnce(once);
    Split split = Split.of(pixels, (long) once.x() * once.y() * once.z(), atOnce);
    int bytes = Axes.arithmetic(weight.dtype()).bytes();
    gpu.withScratch(
        (long) bytes * weight.numel() * split.parts(),
        scratch -> {
          problem(way.call("weight_grad", across), c, weight)
              .tensor(c.x())
              .tensor(c.y())
              .address(scratch)
              .i32(c.groups())
              .i32(split.steps())
              .grid(way.grid(rows, columns, c.groups() * split.parts()));
          problem(gpu.callOnTensorCores("conv", weight.dtype(), "conv_weight_grad_sum"), c, weight)
              .address(scratch)
              .tensor(weight)
              .i32(filters)
              .i32(split.parts())
              .each(weight.numel());
        });
  }
}
