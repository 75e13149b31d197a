package dev.manabi.bench.torch;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.op.PoolOp.Adaptive;
import dev.manabi.tensor.op.PoolOp.Mode;
import dev.manabi.tensor.op.PoolOp.Sliding;
import dev.manabi.tensor.op.PoolOp.Window;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Pooling and resampling. */
final class TorchPooling {
  private TorchPooling() {}

  static Tensor[] run(PoolOp op, Tensor[] in) {
    Tensor x = in[0];
    return switch (op) {
      case PoolOp.MaxPool2d(Window window, DType index) -> max(window, x, Peers.type(index));
      case PoolOp.PlaneScatter scatter ->
          one(planeScatter(x, in[1].to(ScalarType.Long), scatter.h(), scatter.w()));
      case PoolOp.PlaneGather gather ->
          one(
              x.flatten(2, 3)
                  .gather(2, in[1].to(ScalarType.Long).flatten(2, 3))
                  .reshape(Torch.shape(in[1])));
      case PoolOp.AvgPool2d(Window window) -> one(average(window, x));
      case PoolOp.AvgPool2dGrad(Window window, int h, int w) ->
          one(TorchOps.transpose(y -> average(window, y), planes(x, h, w), x));
      case PoolOp.Interpolate(Mode mode, int h, int w, boolean corners) ->
          one(interpolate(mode, h, w, corners, x));
      case PoolOp.InterpolateGrad(Mode mode, int h, int w, boolean corners) ->
          one(
              TorchOps.transpose(
                  y -> interpolate(mode, x.size(2), x.size(3), corners, y), planes(x, h, w), x));
    };
  }

  private static Tensor[] one(Tensor y) {
    return new Tensor[] {y};
  }

  private static long[] planes(Tensor x, long h, long w) {
    return new long[] {x.size(0), x.size(1), h, w};
  }

  private static Tensor[] max(Window window, Tensor x, ScalarType index) {
    T_TensorTensor_T valuesAndIndices =
        switch (window) {
          case Sliding s ->
              torch.max_pool2d_with_indices(
                  x, kernel(s), stride(s), padding(s), dilation(s), s.ceilMode());
          case Adaptive(int h, int w) -> torch.adaptive_max_pool2d(x, h, w);
        };
    return new Tensor[] {valuesAndIndices.get0(), valuesAndIndices.get1().to(index)};
  }

  private static Tensor average(Window window, Tensor x) {
    return switch (window) {
      case Sliding s when s.dilationH() * s.dilationW() > 1 -> dilatedAverage(s, x);
      case Sliding s ->
          torch.avg_pool2d(
              x,
              kernel(s),
              stride(s),
              padding(s),
              s.ceilMode(),
              s.countPadding(),
              new LongOptional());
      case Adaptive(int h, int w) -> torch.adaptive_avg_pool2d(x, h, w);
    };
  }

  /**
   * libtorch's average pooling knows no dilation: windows are summed by a convolution with ones,
   * and divided by how many places of theirs count, which the same convolution finds.
   */
  private static Tensor dilatedAverage(Sliding s, Tensor x) {
    long h = x.size(2);
    long w = x.size(3);
    Tensor ones = torch.ones(new long[] {1, 1, h, w}, Peers.typeOf(x));
    Tensor counted =
        s.countPadding()
            ? torch.constant_pad_nd(
                ones,
                new long[] {s.paddingW(), s.paddingW(), s.paddingH(), s.paddingH()},
                new Scalar(1))
            : border(s, ones);
    Tensor sums = windowSums(s, border(s, x.reshape(-1, 1, h, w)), h, w);
    Tensor mean = sums.div(windowSums(s, counted, h, w));
    return mean.reshape(x.size(0), x.size(1), mean.size(2), mean.size(3));
  }

  private static Tensor border(Sliding s, Tensor x) {
    return torch.constant_pad_nd(x, s.paddingW(), s.paddingW(), s.paddingH(), s.paddingH());
  }

  /** Sums over the windows of a padded h x w plane; those that hang over the edge see zeros. */
  private static Tensor windowSums(Sliding s, Tensor padded, long h, long w) {
    long reachH = (s.outH((int) h) - 1L) * s.strideH() + (s.kernelH() - 1L) * s.dilationH() + 1;
    long reachW = (s.outW((int) w) - 1L) * s.strideW() + (s.kernelW() - 1L) * s.dilationW() + 1;
    Tensor whole =
        torch.constant_pad_nd(
            padded,
            0,
            Math.max(0, reachW - padded.size(3)),
            0,
            Math.max(0, reachH - padded.size(2)));
    Tensor kernel = torch.ones(new long[] {1, 1, s.kernelH(), s.kernelW()}, Peers.typeOf(padded));
    return torch.conv2d(
        whole, kernel, new TensorOptional(), stride(s), new long[] {0, 0}, dilation(s), 1);
  }

  private static Tensor planeScatter(Tensor g, Tensor index, int h, int w) {
    long[] flat = {g.size(0), g.size(1), (long) h * w};
    return torch
        .zeros(flat, Peers.typeOf(g))
        .scatter_add(2, index.flatten(2, 3), g.flatten(2, 3))
        .reshape(planes(g, h, w));
  }

  private static Tensor interpolate(Mode mode, long h, long w, boolean corners, Tensor x) {
    return switch (mode) {
      case NEAREST ->
          torch.isFloatingType(x.scalar_type())
              ? torch.upsample_nearest2d(x, h, w)
              : nearestOfIntegers(x, h, w);
      case BILINEAR -> torch.upsample_bilinear2d(x, new long[] {h, w}, corners);
    };
  }

  /** libtorch resamples floating numbers only: let it say which pixel is nearest, and copy that. */
  private static Tensor nearestOfIntegers(Tensor x, long h, long w) {
    return x.index_select(2, nearest(x.size(2), h)).index_select(3, nearest(x.size(3), w));
  }

  private static Tensor nearest(long from, long to) {
    Tensor positions = torch.arange(new Scalar(from), new TensorOptions(ScalarType.Double));
    return torch
        .upsample_nearest2d(positions.reshape(1, 1, 1, from), 1, to)
        .to(ScalarType.Long)
        .reshape(-1);
  }

  private static long[] kernel(Sliding s) {
    return Peers.longs(s.kernelH(), s.kernelW());
  }

  private static long[] stride(Sliding s) {
    return Peers.longs(s.strideH(), s.strideW());
  }

  private static long[] padding(Sliding s) {
    return Peers.longs(s.paddingH(), s.paddingW());
  }

  private static long[] dilation(Sliding s) {
    return Peers.longs(s.dilationH(), s.dilationW());
  }
}
