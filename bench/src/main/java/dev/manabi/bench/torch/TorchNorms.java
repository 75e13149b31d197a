package dev.manabi.bench.torch;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.op.NormOp;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Normalisation over any axes, from libtorch's means, variances and arithmetic: its own norms are
 * an op each for batches, layers and groups, and do not all return the statistics.
 */
final class TorchNorms {
  private TorchNorms() {}

  static Tensor[] run(NormOp op, Tensor[] in) {
    ScalarType type = in[0].scalar_type().intern();
    Tensor[] wide = new Tensor[in.length];
    for (int i = 0; i < in.length; i++) {
      wide[i] = widen(in[i]);
    }
    Tensor[] out =
        switch (op) {
          case NormOp.Norm(Ints axes, double eps) -> norm(Peers.longs(axes), eps, wide);
          case NormOp.NormGrad(Ints axes) -> normGrad(Peers.longs(axes), wide);
        };
    for (int i = 0; i < out.length; i++) {
      out[i] = out[i].to(type);
    }
    return out;
  }

  /** In f32 at least, as the engine computes on f16 and bf16. */
  static Tensor widen(Tensor x) {
    return x.scalar_type().intern() == ScalarType.Double ? x : x.to(ScalarType.Float);
  }

  private static Tensor[] norm(long[] axes, double eps, Tensor[] in) {
    Tensor mean = mean(in[0], axes);
    Tensor centred = in[0].sub(mean);
    Tensor rstd = mean(centred.square(), axes).add(new Scalar(eps)).rsqrt();
    return new Tensor[] {centred.mul(rstd).mul(in[1]).add(in[2]), mean, rstd};
  }

  /**
   * {@code in} is g, x, weight, mean, rstd: the last two are what is given, functions of x or not.
   */
  private static Tensor[] normGrad(long[] axes, Tensor[] in) {
    Tensor g = in[0];
    Tensor weight = in[2];
    Tensor rstd = in[4];
    Tensor normal = in[1].sub(in[3]).mul(rstd);
    Tensor weighted = g.mul(weight);
    Tensor gradX =
        weighted
            .sub(mean(weighted, axes))
            .sub(normal.mul(mean(weighted.mul(normal), axes)))
            .mul(rstd);
    long[] affine = Torch.shape(weight);
    return new Tensor[] {gradX, g.mul(normal).sum_to_size(affine), g.sum_to_size(affine)};
  }

  private static Tensor mean(Tensor x, long[] axes) {
    return torch.mean(x, axes, true, new ScalarTypeOptional());
  }
}
