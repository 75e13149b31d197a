package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.library.CudnnAverage;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp;

/** Pooling and resampling of {@code [N, C, H, W]} planes: a thread for each element written. */
final class Pools {
  private Pools() {}

  static void run(Gpu gpu, PoolOp op, Tensor[] in, Tensor[] out) {
    Tensor x = in[0];
    Tensor y = out[0];
    switch (op) {
      case PoolOp.MaxPool2d o -> {
        Call call = gpu.call("pool", x.dtype(), "max_pool");
        window(planes(planes(planes(call, x), y), out[1]), o.window())
            .tensor(x)
            .tensor(y)
            .tensor(out[1])
            .i32(out[1].dtype() == DType.I64)
            .each(Walk.count(y.shape()));
      }
      case PoolOp.AvgPool2d(var window) ->
          gpu.libraries()
              .run(
                  () -> CudnnAverage.of(window, false, x, y),
                  () -> average(gpu, "avg_pool", window, x, y),
                  x,
                  y);
      case PoolOp.AvgPool2dGrad o ->
          gpu.libraries()
              .run(
                  () -> CudnnAverage.of(o.window(), true, y, x),
                  () -> average(gpu, "avg_pool_grad", o.window(), x, y),
                  x,
                  y);
      case PoolOp.PlaneScatter o -> {
        PoolOp.Window window = o.window();
        if (window == null || !x.dtype().isFloating()) {
          Accumulation.planeScatter(gpu, op.name(), x, in[1], y);
        } else {
          Call call = gpu.call("pool", x.dtype(), "max_pool_grad");
          window(planes(planes(planes(call, x), in[1]), y), window)
              .tensor(x)
              .tensor(in[1])
              .i32(in[1].dtype() == DType.I64)
              .tensor(y)
              .each(Walk.count(y.shape()));
        }
      }
      case PoolOp.PlaneGather _ -> Indexes.planeGather(gpu, op.name(), x, in[1], y);
      case PoolOp.Interpolate o -> resample(gpu, "interpolate", o.mode(), o.alignCorners(), x, y);
      case PoolOp.InterpolateGrad o ->
          resample(gpu, "interpolate_grad", o.mode(), o.alignCorners(), x, y);
    }
  }

  private static void average(Gpu gpu, String kernel, PoolOp.Window window, Tensor x, Tensor y) {
    boolean countsPadding = window instanceof PoolOp.Sliding s && s.countPadding();
    window(planes(planes(gpu.call("pool", x.dtype(), kernel), x), y), window)
        .i32(countsPadding)
        .tensor(x)
        .tensor(y)
        .each(Walk.count(y.shape()));
  }

  private static void resample(
      Gpu gpu, String kernel, PoolOp.Mode mode, boolean alignCorners, Tensor x, Tensor y) {
    planes(planes(gpu.call("resample", x.dtype(), kernel), x), y)
        .i32(mode == PoolOp.Mode.BILINEAR)
        .i32(alignCorners)
        .tensor(x)
        .tensor(y)
        .each(Walk.count(y.shape()));
  }

  /** {@code Planes} of {@code planes.cuh}. */
  static Call planes(Call call, Tensor t) {
    Layout layout = t.layout();
    // The struct begins where its longs may.
    call.alignStruct();
    for (int i = 0; i < 4; i++) {
      call.i32(layout.shape().dim(i));
    }
    for (int i = 0; i < 4; i++) {
      call.i64(layout.stride(i));
    }
    return call;
  }

  /** {@code Axis} of {@code pool.cu}, for rows and for columns. */
  private static Call window(Call call, PoolOp.Window window) {
    return switch (window) {
      case PoolOp.Adaptive _ -> axis(axis(call, 0, 1, 0, 1), 0, 1, 0, 1);
      case PoolOp.Sliding s ->
          axis(
              axis(call, s.kernelH(), s.strideH(), s.paddingH(), s.dilationH()),
              s.kernelW(),
              s.strideW(),
              s.paddingW(),
              s.dilationW());
    };
  }

  private static Call axis(Call call, int kernel, int stride, int padding, int dilation) {
    return call.i32(kernel).i32(stride).i32(padding).i32(dilation);
  }
}
