package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import java.lang.foreign.Arena;

/**
 * {@link ConvOp}: which algorithm computes what on f32, group by group; f64 has but one, {@link
 * DoubleConvolutions}.
 */
final class Convolutions {
  /** With fewer channels than this on either side, Winograd's transforms cost too much. */
  private static final int WINOGRAD_CHANNELS = 16;

  /**
   * With fewer output pixels, transforming the weights costs more than it saves, though inference
   * does it only once.
   */
  static final int FORWARD_PIXELS = 128;

  /** The same for gradients, which transform weights, or their gradients back, every time. */
  static final int GRADIENT_PIXELS = 512;

  private Convolutions() {}

  /** How a convolution or a gradient of it is computed. */
  enum Algorithm {
    /** {@link DepthwiseConvolution}. */
    DEPTHWISE,
    /** A 1 x 1 kernel that meets every pixel: one matrix product. */
    POINTWISE,
    /** {@link Winograd}. */
    WINOGRAD,
    /** {@link DirectConvolution}, or {@link ScatterConvolution} for the gradient of the input. */
    DIRECT;

    /**
     * The rule.
     *
     * @param p of one of the {@link #parts}: one that still has groups is depthwise
     * @param y what the convolution yields: its pixels count the windows
     * @param tiled what Winograd's tiles would cover: {@code y}, or for the gradient of the input,
     *     that
     * @param fewest output pixels for Winograd: {@link #FORWARD_PIXELS} or {@link #GRADIENT_PIXELS}
     */
    static Algorithm of(ConvOp.Params p, Filter filter, Image y, Image tiled, int fewest) {
      if (p.groups() > 1) {
        return DEPTHWISE;
      }
      boolean dense =
          p.strideH() == 1 && p.strideW() == 1 && p.dilationH() == 1 && p.dilationW() == 1;
      if (dense && filter.taps() == 1 && p.paddingH() == 0 && p.paddingW() == 0) {
        return POINTWISE;
      }
      boolean large =
          Math.min(filter.in(), filter.out()) >= WINOGRAD_CHANNELS && y.pixels() >= fewest;
      if (dense
          && large
          && Winograd.takes(filter)
          && p.paddingH() < filter.height()
          && p.paddingW() < filter.width()) {
        long plain = (long) filter.taps() * y.pixels();
        return 3 * Winograd.multiplications(filter, tiled) < 2 * plain ? WINOGRAD : DIRECT;
      }
      return DIRECT;
    }
  }

  static void run(ConvOp op, Tensor[] in, Tensor[] out) {
    boolean empty = in[0].numel() == 0 || in[1].numel() == 0;
    if (Widened.concerns(in) || empty) {
      CpuBackend.reference(op, in, out);
      return;
    }
    if (out[0].numel() == 0) {
      return;
    }
    if (out[0].dtype() == DType.F64) {
      DoubleConvolutions.run(op, in, out[0]);
      return;
    }
    try (var operands = new Operands()) {
      switch (op) {
        case ConvOp.Conv2d o -> forward(o, in, out[0], operands);
        case ConvOp.InputGrad o -> inputGrad(o.params(), in, out[0], operands);
        case ConvOp.WeightGrad o -> weightGrad(o.params(), in, out[0], operands);
      }
    }
  }

  /**
   * Parts that are convolved one by one: the groups, or all of them together if each has a single
   * channel on either side.
   *
   * @param weight [O, C / groups, KH, KW]
   */
  static int parts(ConvOp.Params p, Tensor weight) {
    return weight.size(0) == p.groups() && weight.size(1) == 1 ? 1 : p.groups();
  }

  /** The parameters of one of so many parts. */
  static ConvOp.Params ofPart(ConvOp.Params p, int parts) {
    return new ConvOp.Params(
        p.strideH(),
        p.strideW(),
        p.paddingH(),
        p.paddingW(),
        p.dilationH(),
        p.dilationW(),
        p.groups() / parts);
  }

  private static void forward(ConvOp.Conv2d op, Tensor[] in, Tensor out, Operands operands) {
    Image allX = Image.of(in[0], operands);
    Tensor channelsLast = operands.target(out, Layout.channelsLast(out.shape()));
    Image allY = Image.of(channelsLast, operands);
    Epilogue epilogue = Epilogue.of(in, channelsLast, op.relu(), operands);
    int parts = parts(op.params(), in[1]);
    ConvOp.Params p = ofPart(op.params(), parts);
    try (Arena arena = Arena.ofConfined()) {
      long allBias = in.length < 3 ? 0 : Products.adjacent(in[2], arena);
      for (int i = 0; i < parts; i++) {
        Image x = allX.group(i, parts);
        Image y = allY.group(i, parts);
        Filter filter = Filter.of(in[1], i, parts);
        long bias = allBias == 0 ? 0 : allBias + (long) i * y.channels() * Float.BYTES;
        switch (Algorithm.of(p, filter, y, y, FORWARD_PIXELS)) {
          case DEPTHWISE -> DepthwiseConvolution.forward(p, x, filter, bias, y, epilogue);
          case POINTWISE -> {
            Matrix weight = pointwise(filter).transpose();
            Target target = new Target(y.matrix(0), bias, epilogue);
            Gemm.multiply(
                y.pixels(), y.channels(), x.channels(), x.matrix(0), weight, target, false);
          }
          case WINOGRAD ->
              Winograd.forward(x, filter, bias, y, p.paddingH(), p.paddingW(), epilogue);
          case DIRECT -> DirectConvolution.forward(p, x, filter, bias, y, epilogue);
        }
      }
    }
  }

  /** The weights [O, C] of a 1 x 1 kernel. */
  private static Matrix pointwise(Filter filter) {
    return new Matrix(filter.address(), filter.outStride(), filter.inStride());
  }

  private static void inputGrad(ConvOp.Params params, Tensor[] in, Tensor out, Operands operands) {
    Image allG = Image.of(in[0], operands);
    Image allX = Image.target(out, operands);
    int parts = parts(params, in[1]);
    ConvOp.Params p = ofPart(params, parts);
    for (int i = 0; i < parts; i++) {
      Image g = allG.group(i, parts);
      Image x = allX.group(i, parts);
      Filter filter = Filter.of(in[1], i, parts);
      switch (Algorithm.of(p, filter, g, x, GRADIENT_PIXELS)) {
        case DEPTHWISE -> DepthwiseConvolution.inputGrad(p, g, filter, x);
        case POINTWISE -> {
          Target target = Target.of(x.matrix(0));
          Gemm.multiply(
              x.pixels(),
              x.channels(),
              g.channels(),
              g.matrix(0),
              pointwise(filter),
              target,
              false);
        }
        case WINOGRAD ->
            Winograd.forward(
                g,
                filter.turned(),
                0,
                x,
                filter.height() - 1 - p.paddingH(),
                filter.width() - 1 - p.paddingW(),
                Epilogue.NONE);
        case DIRECT -> ScatterConvolution.inputGrad(p, g, filter, x);
      }
    }
  }

  private static void weightGrad(ConvOp.Params params, Tensor[] in, Tensor out, Operands operands) {
    Image allX = Image.of(in[0], operands);
    Image allG = Image.of(in[1], operands);
    int parts = parts(params, out);
    ConvOp.Params p = ofPart(params, parts);
    for (int i = 0; i < parts; i++) {
      Image x = allX.group(i, parts);
      Image g = allG.group(i, parts);
      Filter filter = Filter.of(out, i, parts);
      switch (Algorithm.of(p, filter, g, g, GRADIENT_PIXELS)) {
        case DEPTHWISE -> DepthwiseConvolution.weightGrad(p, x, g, filter);
        case POINTWISE -> {
          Target target = Target.of(pointwise(filter));
          Gemm.multiply(
              g.channels(),
              x.channels(),
              g.pixels(),
              g.matrix(0).transpose(),
              x.matrix(0),
              target,
              false);
        }
        case WINOGRAD -> Winograd.weightGrad(x, g, filter, p.paddingH(), p.paddingW());
        case DIRECT -> DirectConvolution.weightGrad(p, x, g, filter);
      }
    }
  }
}
