package dev.manabi.tensor.run;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.ConvOp;

/**
 * Inference for {@link ConvOp}. Planes come out channels-last, in which a convolution reads and
 * writes whole vectors of channels; a weight's gradient comes out row-major, as weights lie.
 */
final class InferConv {
  private static final Signature FORWARD =
      Signature.of("input N C H W", "weight O I KH KW", "bias O", "residual N O OH OW");
  private static final Signature INPUT_GRAD = Signature.of("gradOut N O OH OW", "weight O I KH KW");
  private static final Signature WEIGHT_GRAD = Signature.of("input N C H W", "gradOut N O OH OW");

  private InferConv() {}

  static TensorSpec[] outputs(ConvOp op, TensorSpec[] in) {
    return switch (op) {
      case ConvOp.Conv2d o -> forward(o, in);
      case ConvOp.InputGrad o -> inputGrad(o, in);
      case ConvOp.WeightGrad o -> weightGrad(o, in);
    };
  }

  private static void checkOperands(
      ConvOp op, TensorSpec[] in, int min, int max, Signature signature) {
    Check.arity(op, in, min, max, signature);
    Check.sameDtype(op, in, 0, signature);
    Check.floating(op, in, 0, signature);
    Check.ranks(op, in, signature);
  }

  private static TensorSpec[] forward(ConvOp.Conv2d op, TensorSpec[] in) {
    checkOperands(op, in, 2, 4, FORWARD);
    ConvOp.Params p = op.params();
    TensorSpec x = in[0];
    TensorSpec weight = in[1];
    if ((long) weight.dim(1) * p.groups() != x.dim(1)) {
      throw Check.about(
              op,
              "input has %s channels, but weight expects %s x groups %s"
                  .formatted(x.dim(1), weight.dim(1), p.groups()),
              in,
              FORWARD)
          .fix("weight.shape[1] * groups must equal input.shape[1]");
    }
    checkGroups(op, "weight", weight.dim(0), in, FORWARD);
    if (in.length > 2 && in[2].dim(0) != weight.dim(0)) {
      throw Check.about(
              op,
              "bias has %s elements, but weight makes %s channels"
                  .formatted(in[2].dim(0), weight.dim(0)),
              in,
              FORWARD)
          .fix("bias.shape[0] must equal weight.shape[0]");
    }
    checkKernelFits(op, x.dim(2), x.dim(3), weight.dim(2), weight.dim(3), in, FORWARD);
    Shape shape =
        Shape.of(
            x.dim(0),
            weight.dim(0),
            p.outH(x.dim(2), weight.dim(2)),
            p.outW(x.dim(3), weight.dim(3)));
    if (in.length > 3) {
      Check.shapeOfOutput(op, in, 3, shape, FORWARD);
    }
    return Infer.one(Layout.channelsLast(shape), x.dtype());
  }

  private static void checkGroups(
      ConvOp op, String name, int outChannels, TensorSpec[] in, Signature signature) {
    int groups = op.params().groups();
    if (outChannels % groups != 0) {
      throw Check.about(
              op,
              "%s has %s output channels, which %s groups do not divide"
                  .formatted(name, outChannels, groups),
              in,
              signature)
          .fix("the number of output channels must be a multiple of groups");
    }
  }

  private static void checkKernelFits(
      ConvOp op, int h, int w, int kh, int kw, TensorSpec[] in, Signature signature) {
    ConvOp.Params p = op.params();
    boolean fits = kh > 0 && kw > 0 && h >= 0 && w >= 0 && p.outH(h, kh) > 0 && p.outW(w, kw) > 0;
    if (!fits) {
      throw Check.about(
              op,
              ("a kernel of %s x %s with dilation %s x %s does not fit into "
                      + "%s x %s with padding %s x %s")
                  .formatted(
                      kh, kw, p.dilationH(), p.dilationW(), h, w, p.paddingH(), p.paddingW()),
              in,
              signature)
          .fix("give a larger input, more padding or a smaller kernel");
    }
  }

  private static void checkGradOut(
      ConvOp op,
      TensorSpec gradOut,
      int h,
      int w,
      int kh,
      int kw,
      TensorSpec[] in,
      Signature signature) {
    checkKernelFits(op, h, w, kh, kw, in, signature);
    int outH = op.params().outH(h, kh);
    int outW = op.params().outW(w, kw);
    if (gradOut.dim(2) != outH || gradOut.dim(3) != outW) {
      throw Check.about(
              op,
              "gradOut is %s x %s, but a kernel of %s x %s makes %s x %s of %s x %s"
                  .formatted(gradOut.dim(2), gradOut.dim(3), kh, kw, outH, outW, h, w),
              in,
              signature)
          .fix("gradOut must have the height and width of the convolution's output");
    }
  }

  private static TensorSpec[] inputGrad(ConvOp.InputGrad op, TensorSpec[] in) {
    checkOperands(op, in, 2, 2, INPUT_GRAD);
    TensorSpec g = in[0];
    TensorSpec weight = in[1];
    if (g.dim(1) != weight.dim(0)) {
      throw Check.about(
              op,
              "gradOut has " + g.dim(1) + " channels, but weight makes " + weight.dim(0),
              in,
              INPUT_GRAD)
          .fix("gradOut.shape[1] must equal weight.shape[0]");
    }
    checkGroups(op, "weight", weight.dim(0), in, INPUT_GRAD);
    checkGradOut(op, g, op.h(), op.w(), weight.dim(2), weight.dim(3), in, INPUT_GRAD);
    int channels = Math.multiplyExact(weight.dim(1), op.params().groups());
    return Infer.one(Layout.channelsLast(Shape.of(g.dim(0), channels, op.h(), op.w())), g.dtype());
  }

  private static TensorSpec[] weightGrad(ConvOp.WeightGrad op, TensorSpec[] in) {
    checkOperands(op, in, 2, 2, WEIGHT_GRAD);
    TensorSpec x = in[0];
    TensorSpec g = in[1];
    int groups = op.params().groups();
    if (x.dim(0) != g.dim(0)) {
      throw Check.about(
              op,
              "input has a batch of " + x.dim(0) + ", but gradOut of " + g.dim(0),
              in,
              WEIGHT_GRAD)
          .fix("gradOut.shape[0] must equal input.shape[0]");
    }
    if (x.dim(1) % groups != 0) {
      throw Check.about(
              op,
              "input has " + x.dim(1) + " channels, which " + groups + " groups do not divide",
              in,
              WEIGHT_GRAD)
          .fix("the number of input channels must be a multiple of groups");
    }
    checkGroups(op, "gradOut", g.dim(1), in, WEIGHT_GRAD);
    checkGradOut(op, g, x.dim(2), x.dim(3), op.kh(), op.kw(), in, WEIGHT_GRAD);
    Shape shape = Shape.of(g.dim(1), x.dim(1) / groups, op.kh(), op.kw());
    return Infer.one(Layout.contiguous(shape), x.dtype());
  }
}
