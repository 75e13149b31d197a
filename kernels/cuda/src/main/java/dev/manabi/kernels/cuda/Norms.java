package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.library.CudnnBatchNorm;
import dev.manabi.kernels.cuda.library.CudnnProblem;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.NormOp;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Normalisation over some axes: a block for each group that shares a mean. */
final class Norms {
  private static final int THREADS = 256;

  private Norms() {}

  static void run(Gpu gpu, NormOp op, Tensor[] in, Tensor[] out) {
    switch (op) {
      case NormOp.Norm norm ->
          gpu.libraries()
              .run(
                  () -> library(norm, in, out),
                  () -> normByHand(gpu, norm, in, out),
                  in[0],
                  in[1],
                  in[2],
                  out[0],
                  out[1],
                  out[2]);
      case NormOp.NormGrad grad ->
          gpu.libraries()
              .run(
                  () -> library(grad, in, out),
                  () -> gradByHand(gpu, grad, in, out),
                  in[1],
                  in[2],
                  in[3],
                  in[4],
                  in[0],
                  out[0],
                  out[1],
                  out[2]);
      case NormOp.RunningStatistics statistics -> runningStatistics(gpu, statistics, in, out);
    }
  }

  /** Without what is fused with it, for which cuDNN wants other layouts. */
  private static @Nullable CudnnProblem library(NormOp.Norm op, Tensor[] in, Tensor[] out) {
    return op.relu() || in.length > 3
        ? null
        : CudnnBatchNorm.forward(op.axes(), op.eps(), in[0], out[0], in[1], in[2], out[1], out[2]);
  }

  private static @Nullable CudnnProblem library(NormOp.NormGrad op, Tensor[] in, Tensor[] out) {
    return op.relu()
        ? null
        : CudnnBatchNorm.gradient(
            op.axes(), in[1], in[0], out[0], in[2], in[3], in[4], out[1], out[2]);
  }

  private static void normByHand(Gpu gpu, NormOp.Norm norm, Tensor[] in, Tensor[] out) {
    Tensor residual = in.length > 3 ? in[3] : in[0];
    if (Columns.fit(norm.axes(), in[0], in[1], residual, out[0])) {
      Columns.forward(gpu, norm, in, out);
    } else {
      forward(gpu, norm, in, out);
    }
  }

  private static void gradByHand(Gpu gpu, NormOp.NormGrad grad, Tensor[] in, Tensor[] out) {
    Tensor y = grad.relu() ? in[5] : in[1];
    Tensor residual = grad.residual() ? out[3] : out[0];
    if (Columns.fit(grad.axes(), in[1], in[2], in[0], y, out[0], residual)) {
      Columns.gradient(gpu, grad, in, out);
      return;
    }
    gradInput(gpu, grad, in, out);
    gradAffine(gpu, grad, in, out);
  }

  private static Layout[] layouts(Tensor... tensors) {
    return Arrays.stream(tensors).map(Tensor::layout).toArray(Layout[]::new);
  }

  /** The axes that a group is made of, those with the widest stride of {@code x} last. */
  private static Ints inMemoryOrder(Ints axes, Layout x) {
    return Ints.of(Arrays.stream(x.memoryOrder()).filter(axes::contains).toArray());
  }

  private static int threads(int members) {
    return members > THREADS ? THREADS : members > 64 ? 64 : 32;
  }

  private static void forward(Gpu gpu, NormOp.Norm op, Tensor[] in, Tensor[] out) {
    Tensor x = in[0];
    Tensor residual = in.length > 3 ? in[3] : x;
    Shape shape = x.shape();
    Layout[] each = layouts(x, in[1], in[2], out[0], residual, out[1], out[2]);
    Walk groups = Walk.along(op.axes().others(x.rank()), shape, each);
    Walk members = Walk.along(inMemoryOrder(op.axes(), x.layout()), shape, Arrays.copyOf(each, 5));
    gpu.call("norm", x.dtype(), "norm_forward")
        .walk(groups)
        .walk(members)
        .tensor(x)
        .tensor(in[1])
        .tensor(in[2])
        .tensor(out[0])
        .tensor(residual)
        .tensor(out[1])
        .tensor(out[2])
        .f64(op.eps())
        .i32(in.length > 3)
        .i32(op.relu())
        .blocks(groups.count(), threads(members.count()));
  }

  /** in: gradOut, x, weight, mean, rstd, and y after ReLU. */
  private static void gradInput(Gpu gpu, NormOp.NormGrad op, Tensor[] in, Tensor[] out) {
    Tensor x = in[1];
    Tensor y = op.relu() ? in[5] : x;
    Tensor residual = op.residual() ? out[3] : out[0];
    Layout[] each = layouts(x, in[0], in[2], out[0], y, residual, in[3], in[4]);
    Walk groups = Walk.along(op.axes().others(x.rank()), x.shape(), each);
    Walk members =
        Walk.along(inMemoryOrder(op.axes(), x.layout()), x.shape(), Arrays.copyOf(each, 6));
    gpu.call("norm", x.dtype(), "norm_grad")
        .walk(groups)
        .walk(members)
        .tensor(x)
        .tensor(in[0])
        .tensor(in[2])
        .tensor(out[0])
        .tensor(y)
        .tensor(residual)
        .tensor(in[3])
        .tensor(in[4])
        .i32(op.relu())
        .i32(op.residual())
        .blocks(groups.count(), threads(members.count()));
  }

  /** The weight's gradient sums over the axes along which the weight has size 1. */
  private static void gradAffine(Gpu gpu, NormOp.NormGrad op, Tensor[] in, Tensor[] out) {
    Tensor x = in[1];
    Tensor y = op.relu() ? in[5] : x;
    Shape affine = in[2].shape();
    Ints summed = Ints.of(IntStream.range(0, x.rank()).filter(i -> affine.dim(i) == 1).toArray());
    Layout[] each = layouts(x, in[0], y, in[3], in[4], out[1], out[2]);
    Walk weights = Walk.along(summed.others(x.rank()), x.shape(), each);
    Walk members = Walk.along(inMemoryOrder(summed, x.layout()), x.shape(), Arrays.copyOf(each, 5));
    gpu.call("norm", x.dtype(), "norm_grad_affine")
        .walk(weights)
        .walk(members)
        .tensor(x)
        .tensor(in[0])
        .tensor(y)
        .tensor(in[3])
        .tensor(in[4])
        .tensor(out[1])
        .tensor(out[2])
        .i32(op.relu())
        .blocks(weights.count(), threads(members.count()));
  }

  private static void runningStatistics(
      Gpu gpu, NormOp.RunningStatistics op, Tensor[] in, Tensor[] out) {
    Walk w = Walk.over(in[0].shape(), layouts(in[0], in[1], in[2], in[3], out[0], out[1]));
    Call call = gpu.call("norm", in[0].dtype(), "running_statistics").walk(w);
    for (Tensor t : in) {
      call.tensor(t);
    }
    call.tensor(out[0])
        .tensor(out[1])
        .f64(op.momentum())
        .f64(op.eps())
        .f64(op.unbias())
        .each(w.count());
  }
}
