package dev.manabi.bench.torch;

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
          case NormOp.Norm norm -> norm(norm, wide);
          case NormOp.NormGrad grad -> normGrad(grad, wide);
          case NormOp.RunningStatistics statistics -> runningStatistics(statistics, wide);
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

  private static Tensor[] runningStatistics(NormOp.RunningStatistics op, Tensor[] in) {
    Scalar momentum = new Scalar(op.momentum());
    Tensor biased = in[3].square().reciprocal().sub(new Scalar(op.eps()));
    return new Tensor[] {
      in[0].lerp(in[2], momentum), in[1].lerp(biased.mul(new Scalar(op.unbias())), momentum)
    };
  }

  private static Tensor[] norm(NormOp.Norm op, Tensor[] in) {
    long[] axes = Peers.longs(op.axes());
    Tensor mean = mean(in[0], axes);
    Tensor centred = in[0].sub(mean);
    Tensor rstd = mean(centred.square(), axes).add(new Scalar(op.eps())).rsqrt();
    Tensor y = finish(op.relu(), in, centred.mul(rstd).mul(in[1]).add(in[2]));
    return new Tensor[] {y, mean, rstd};
  }

  /** Adds the fourth of the inputs, if there is one, and clips. */
  static Tensor finish(boolean relu, Tensor[] in, Tensor y) {
    Tensor sum = in.length > 3 ? y.add(in[3]) : y;
    return relu ? sum.relu() : sum;
  }

  /**
   * {@code in} is g, x, weight, mean, rstd: the last two are what is given, functions of x or not.
   * After a ReLU, its output is the sixth.
   */
  private static Tensor[] normGrad(NormOp.NormGrad op, Tensor[] in) {
    long[] axes = Peers.longs(op.axes());
    Tensor g = op.relu() ? in[0].mul(in[5].gt(new Scalar(0))) : in[0];
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
    Tensor gradWeight = g.mul(normal).sum_to_size(affine);
    Tensor gradBias = g.sum_to_size(affine);
    return op.residual()
        ? new Tensor[] {gradX, gradWeight, gradBias, g}
        : new Tensor[] {gradX, gradWeight, gradBias};
  }

  private static Tensor mean(Tensor x, long[] axes) {
    return torch.mean(x, axes, true, new ScalarTypeOptional());
  }
}
