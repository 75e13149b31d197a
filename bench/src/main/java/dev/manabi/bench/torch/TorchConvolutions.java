package dev.manabi.bench.torch;

import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ConvOp.Params;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Convolution and its two gradients. */
final class TorchConvolutions {
  private TorchConvolutions() {}

  static Tensor run(ConvOp op, Tensor[] in) {
    return TorchOps.roundedOnce(in, x -> compute(op, x));
  }

  private static Tensor compute(ConvOp op, Tensor[] in) {
    return switch (op) {
      case ConvOp.Conv2d(Params p, boolean relu) -> {
        var bias = in.length > 2 ? new TensorOptional(in[2]) : new TensorOptional();
        yield TorchNorms.finish(relu, in, conv(p, in[0], in[1], bias));
      }
      case ConvOp.InputGrad(Params p, int h, int w) -> inputGrad(p, h, w, in[0], in[1]);
      case ConvOp.WeightGrad(Params p, int kh, int kw) -> weightGrad(p, kh, kw, in[0], in[1]);
    };
  }

  static Tensor conv(Params p, Tensor x, Tensor weight, TensorOptional bias) {
    return torch.conv2d(
        x,
        weight,
        bias,
        stride(p),
        padding(p),
        Peers.longs(p.dilationH(), p.dilationW()),
        p.groups());
  }

  private static Tensor inputGrad(Params p, int h, int w, Tensor g, Tensor weight) {
    long[] outputPadding = {
      h - smallest((int) g.size(2), p.strideH(), p.paddingH(), p.dilationH(), weight.size(2)),
      w - smallest((int) g.size(3), p.strideW(), p.paddingW(), p.dilationW(), weight.size(3))
    };
    return torch.conv_transpose2d(
        g,
        weight,
        new TensorOptional(),
        stride(p),
        padding(p),
        outputPadding,
        p.groups(),
        Peers.longs(p.dilationH(), p.dilationW()));
  }

  /** The smallest input that a convolution maps to {@code out} rows or columns. */
  private static long smallest(int out, int stride, int padding, int dilation, long kernel) {
    return (long) (out - 1) * stride - 2L * padding + dilation * (kernel - 1) + 1;
  }

  private static Tensor weightGrad(Params p, int kh, int kw, Tensor x, Tensor g) {
    long[] shape = {g.size(1), x.size(1) / p.groups(), kh, kw};
    return TorchOps.transpose(weight -> conv(p, x, weight, new TensorOptional()), shape, g);
  }

  private static long[] stride(Params p) {
    return Peers.longs(p.strideH(), p.strideW());
  }

  private static long[] padding(Params p) {
    return Peers.longs(p.paddingH(), p.paddingW());
  }
}
