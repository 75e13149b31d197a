package dev.manabi.tensor.run;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.PoolOp;

/** Inference for {@link PoolOp}. Outputs keep the memory order of the planes they come from. */
final class InferPool {
  private static final Signature X = Signature.of("input N C H W");
  private static final Signature G = Signature.of("gradOut N C OH OW");
  private static final Signature SCATTER = Signature.of("g N C OH OW", "index N C OH OW");
  private static final Signature GATHER = Signature.of("input N C H W", "index N C OH OW");

  private InferPool() {}

  static TensorSpec[] outputs(PoolOp op, TensorSpec[] in) {
    return switch (op) {
      case PoolOp.MaxPool2d o -> maxPool(o, in);
      case PoolOp.PlaneScatter o -> planeScatter(o, in);
      case PoolOp.PlaneGather o -> planeGather(o, in);
      case PoolOp.AvgPool2d o -> {
        checkPlanes(o, in, X);
        Check.floating(o, in, 0, X);
        yield Infer.one(pooled(o, o.window(), in), in[0].dtype());
      }
      case PoolOp.AvgPool2dGrad o -> avgPoolGrad(o, in);
      case PoolOp.Interpolate o -> interpolate(o, o.mode(), o.h(), o.w(), in, X);
      case PoolOp.InterpolateGrad o -> interpolate(o, o.mode(), o.h(), o.w(), in, G);
    };
  }

  private static void checkPlanes(PoolOp op, TensorSpec[] in, Signature signature) {
    Check.arity(op, in, signature);
    Check.ranks(op, in, signature);
  }

  /** The layout of planes of another size. */
  private static Layout planes(TensorSpec x, int h, int w) {
    Shape shape = Shape.of(x.dim(0), x.dim(1), h, w);
    // Planes of one pixel lie in both orders: then in the one that convolutions like.
    return x.layout().isChannelsLast()
        ? Layout.channelsLast(shape)
        : StrideOrder.like(x.layout(), shape);
  }

  private static Layout pooled(PoolOp op, PoolOp.Window window, TensorSpec[] in) {
    checkWindow(op, window, in[0].dim(2), in[0].dim(3), in, X);
    return planes(in[0], window.outH(in[0].dim(2)), window.outW(in[0].dim(3)));
  }

  private static void checkWindow(
      PoolOp op, PoolOp.Window window, int h, int w, TensorSpec[] in, Signature signature) {
    if (h <= 0 || w <= 0) {
      throw Check.about(op, "there is nothing to pool in planes of " + h + " x " + w, in, signature)
          .fix("give planes of at least 1 x 1");
    }
    switch (window) {
      case PoolOp.Sliding s -> {
        boolean fits =
            fits(h, window.outH(h), s.kernelH(), s.strideH(), s.paddingH(), s.dilationH())
                && fits(w, window.outW(w), s.kernelW(), s.strideW(), s.paddingW(), s.dilationW());
        if (!fits) {
          throw Check.about(
                  op,
                  ("a window of %s x %s with dilation %s x %s and padding %s x %s "
                          + "does not fit into %s x %s")
                      .formatted(
                          s.kernelH(),
                          s.kernelW(),
                          s.dilationH(),
                          s.dilationW(),
                          s.paddingH(),
                          s.paddingW(),
                          h,
                          w),
                  in,
                  signature)
              .fix("give a larger input or a smaller window");
        }
      }
      case PoolOp.Adaptive a -> {
        if (a.height() <= 0 || a.width() <= 0) {
          throw Check.about(
                  op,
                  "the output size " + a.height() + " x " + a.width() + " is empty",
                  in,
                  signature)
              .fix("ask for at least 1 x 1");
        }
      }
    }
  }

  /** True if there is a window, and every window sees an element that is not padding. */
  private static boolean fits(
      int size, int out, int kernel, int stride, int padding, int dilation) {
    // Only a dilated window can step over the whole input: padding is at most half the kernel.
    for (int o = 0; dilation > 1 && o < out; o++) {
      int start = o * stride - padding;
      int skipped = start < 0 ? Math.ceilDiv(-start, dilation) : 0;
      if (skipped >= kernel || start + skipped * dilation >= size) {
        return false;
      }
    }
    return out > 0;
  }

  private static TensorSpec[] maxPool(PoolOp.MaxPool2d op, TensorSpec[] in) {
    checkPlanes(op, in, X);
    Check.notBool(op, in, 0, X);
    Layout y = pooled(op, op.window(), in);
    return new TensorSpec[] {new TensorSpec(y, in[0].dtype()), new TensorSpec(y, op.index())};
  }

  private static void checkIndex(PoolOp op, TensorSpec[] in, Signature signature) {
    if (in[1].dtype() != DType.I32) {
      Check.dtypeIs(op, in, 1, DType.I64, signature);
    }
  }

  private static TensorSpec[] planeScatter(PoolOp.PlaneScatter op, TensorSpec[] in) {
    checkPlanes(op, in, SCATTER);
    Check.notBool(op, in, 0, SCATTER);
    checkIndex(op, in, SCATTER);
    Check.sameShape(op, in, 1, 0, SCATTER);
    checkSize(op, op.h(), op.w(), in, SCATTER);
    return Infer.one(planes(in[0], op.h(), op.w()), in[0].dtype());
  }

  private static TensorSpec[] planeGather(PoolOp.PlaneGather op, TensorSpec[] in) {
    checkPlanes(op, in, GATHER);
    checkIndex(op, in, GATHER);
    if (in[0].dim(0) != in[1].dim(0) || in[0].dim(1) != in[1].dim(1)) {
      throw Check.about(op, "index has another batch or number of channels than input", in, GATHER)
          .fix("index.shape[0] and [1] must equal input.shape[0] and [1]");
    }
    return Infer.one(StrideOrder.like(in[1].layout()), in[0].dtype());
  }

  private static TensorSpec[] avgPoolGrad(PoolOp.AvgPool2dGrad op, TensorSpec[] in) {
    checkPlanes(op, in, G);
    Check.floating(op, in, 0, G);
    checkWindow(op, op.window(), op.h(), op.w(), in, G);
    int outH = op.window().outH(op.h());
    int outW = op.window().outW(op.w());
    if (in[0].dim(2) != outH || in[0].dim(3) != outW) {
      throw Check.about(
              op,
              "gradOut is %s x %s, but the pooling makes %s x %s of %s x %s"
                  .formatted(in[0].dim(2), in[0].dim(3), outH, outW, op.h(), op.w()),
              in,
              G)
          .fix("gradOut must have the height and width of the pooling's output");
    }
    return Infer.one(planes(in[0], op.h(), op.w()), in[0].dtype());
  }

  private static TensorSpec[] interpolate(
      PoolOp op, PoolOp.Mode mode, int h, int w, TensorSpec[] in, Signature signature) {
    checkPlanes(op, in, signature);
    switch (mode) {
      case NEAREST -> Check.notBool(op, in, 0, signature);
      case BILINEAR -> Check.floating(op, in, 0, signature);
    }
    checkSize(op, h, w, in, signature);
    checkSize(op, in[0].dim(2), in[0].dim(3), in, signature);
    return Infer.one(planes(in[0], h, w), in[0].dtype());
  }

  private static void checkSize(PoolOp op, int h, int w, TensorSpec[] in, Signature signature) {
    if (h <= 0 || w <= 0) {
      throw Check.about(op, "planes of " + h + " x " + w + " are empty", in, signature)
          .fix("give a height and width of at least 1");
    }
  }
}
