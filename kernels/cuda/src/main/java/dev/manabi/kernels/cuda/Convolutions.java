package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import org.jspecify.annotations.Nullable;

/** Convolution and its two gradients as implicit matrix products. */
final class Convolutions {
  /** A block of the weight gradient sums over at least so many pixels. */
  private static final int PIXELS_PER_SPLIT = 512;

  /** So many blocks keep a device busy; more splits would only cost scratch memory. */
  private static final int ENOUGH_BLOCKS = 512;

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

  private static Call call(
      Gpu gpu, String kernel, Tensor x, Tensor weight, Tensor y, ConvOp.Params p) {
    return problem(gpu.callOnTensorCores("conv", x.dtype(), kernel), x, weight, y, p);
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
  private static String across(Tensor planes) {
    Layout layout = planes.layout();
    return Math.abs(layout.stride(3)) < Math.abs(layout.stride(1)) ? "_a" : "_s";
  }

  private static int pixels(Tensor planes) {
    return planes.shape().dim(0) * planes.shape().dim(2) * planes.shape().dim(3);
  }

  private static Grid grid(int rows, int columns, int z) {
    return Grid.of(
        Math.ceilDiv(rows, Products.SIDE),
        Math.ceilDiv(columns, Products.SIDE),
        z,
        Products.THREADS);
  }

  private static void forward(
      Gpu gpu, ConvOp.Params p, Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y) {
    call(gpu, "conv_forward" + across(x), x, weight, y, p)
        .tensor(x)
        .tensor(weight)
        .tensor(y)
        .address(bias == null ? 0 : bias.address())
        .i64(bias == null ? 0 : bias.layout().stride(0))
        .grid(grid(pixels(y), y.shape().dim(1) / p.groups(), p.groups()));
  }

  private static void inputGrad(Gpu gpu, ConvOp.Params p, Tensor g, Tensor weight, Tensor x) {
    call(gpu, "conv_input_grad" + across(g), x, weight, g, p)
        .tensor(g)
        .tensor(weight)
        .tensor(x)
        .grid(grid(pixels(x), weight.shape().dim(1), p.groups()));
  }

  private static void weightGrad(Gpu gpu, ConvOp.Params p, Tensor x, Tensor g, Tensor weight) {
    int filters = weight.shape().dim(0);
    int rows = filters / p.groups();
    int columns = (int) (weight.numel() / filters);
    int pixels = pixels(g);
    Grid once = grid(rows, columns, p.groups());
    int splits = Math.ceilDiv(ENOUGH_BLOCKS, once.x() * once.y() * once.z());
    splits = Math.max(1, Math.min(splits, pixels / PIXELS_PER_SPLIT));
    int perSplit = Math.ceilDiv(Math.max(1, pixels), splits);
    int parts = splits;
    int bytes = Axes.arithmetic(weight.dtype()).bytes();
    gpu.withScratch(
        (long) bytes * weight.numel() * parts,
        scratch -> {
          call(gpu, "conv_weight_grad" + across(g), x, weight, g, p)
              .tensor(x)
              .tensor(g)
              .address(scratch)
              .i32(p.groups())
              .i32(perSplit)
              .grid(grid(rows, columns, p.groups() * parts));
          call(gpu, "conv_weight_grad_sum", x, weight, g, p)
              .address(scratch)
              .tensor(weight)
              .i32(filters)
              .i32(parts)
              .each(weight.numel());
        });
  }
}
