package dev.manabi.tensor.op;

/**
 * Two-dimensional convolution (cross-correlation, as the field says it) and its two gradients. Each
 * is bilinear, and the derivative of any of the three is another of the three, so the set is
 * closed: gradients of any order need nothing else. {@link InputGrad} doubles as the transposed
 * convolution's forward.
 *
 * <p>Logical shapes are {@code x [N, C, H, W]}, {@code weight [O, C / groups, KH, KW]}, {@code y
 * [N, O, OH, OW]} with {@code OH = (H + 2 * paddingH - dilationH * (KH - 1) - 1) / strideH + 1}.
 * Memory may lie in any order; kernels prefer and produce channels-last.
 */
public sealed interface ConvOp extends Op {

  /** Stride, zero padding (both sides), dilation, and channel groups. */
  record Params(
      int strideH,
      int strideW,
      int paddingH,
      int paddingW,
      int dilationH,
      int dilationW,
      int groups) {
    /** Stride 1, no padding, no dilation, one group. */
    public static final Params DEFAULT = new Params(1, 1, 0, 0, 1, 1, 1);

    public Params {
      if (strideH < 1 || strideW < 1 || dilationH < 1 || dilationW < 1 || groups < 1) {
        throw new IllegalArgumentException(
            "conv2d: stride, dilation and groups must be at least 1, found stride ["
                + strideH
                + ", "
                + strideW
                + "], dilation ["
                + dilationH
                + ", "
                + dilationW
                + "], groups "
                + groups);
      }
      if (paddingH < 0 || paddingW < 0) {
        throw new IllegalArgumentException(
            "conv2d: padding must not be negative, found [" + paddingH + ", " + paddingW + "]");
      }
    }

    /** The same in both directions. */
    public static Params of(int stride, int padding, int dilation, int groups) {
      return new Params(stride, stride, padding, padding, dilation, dilation, groups);
    }

    /** Output height for an input of height {@code h} under a kernel of height {@code kh}. */
    public int outH(int h, int kh) {
      return Math.floorDiv(h + 2 * paddingH - dilationH * (kh - 1) - 1, strideH) + 1;
    }

    /** Output width for an input of width {@code w} under a kernel of width {@code kw}. */
    public int outW(int w, int kw) {
      return Math.floorDiv(w + 2 * paddingW - dilationW * (kw - 1) - 1, strideW) + 1;
    }
  }

  Params params();

  /**
   * {@code (x, weight) -> y}, or {@code (x, weight, bias [O]) -> y}. A fourth input {@code
   * residual}, of the shape of {@code y}, is added to {@code y}, and then, if {@code relu}, {@code
   * y} is {@code max(y, 0)}: they ride on the convolution's last write, and cost no pass of their
   * own.
   */
  record Conv2d(Params params, boolean relu) implements ConvOp {
    /** Without ReLU. */
    public Conv2d(Params params) {
      this(params, false);
    }

    @Override
    public String name() {
      return "conv2d";
    }
  }

  /** {@code (gradOut [N, O, OH, OW], weight) -> gradInput [N, C, h, w]}. */
  record InputGrad(Params params, int h, int w) implements ConvOp {
    @Override
    public String name() {
      return "conv2d_input_grad";
    }
  }

  /** {@code (x, gradOut) -> gradWeight [O, C / groups, kh, kw]}. */
  record WeightGrad(Params params, int kh, int kw) implements ConvOp {
    @Override
    public String name() {
      return "conv2d_weight_grad";
    }
  }
}
