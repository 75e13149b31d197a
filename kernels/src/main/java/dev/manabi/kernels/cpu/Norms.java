package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.NormOp;
import java.util.function.IntPredicate;

/**
 * Batch, group and instance norm: wherever some axes are reduced along which weight and bias do not
 * vary. One pass over the input takes the statistics, one applies them. What has no such axes is
 * {@link LayerNorms}.
 */
final class Norms {
  private Norms() {}

  static void run(NormOp op, Tensor[] in, Tensor[] out) {
    Tensor x = in[op instanceof NormOp.NormGrad ? 1 : 0];
    Tensor weight = in[op instanceof NormOp.NormGrad ? 2 : 1];
    boolean fast = x.dtype() == DType.F32 && x.numel() > 0;
    if (fast && shared(op, x, weight)) {
      try (var operands = new Operands()) {
        switch (op) {
          case NormOp.Norm n -> forward(n, in, out, operands);
          case NormOp.NormGrad g -> gradient(g, in, out, operands);
        }
      }
    } else if (fast && LayerNorms.fits(op, x, weight)) {
      LayerNorms.run(op, in, out);
    } else {
      CpuBackend.reference(op, in, out);
    }
  }

  /** Along some reduced axis, weight does not vary. */
  private static boolean shared(NormOp op, Tensor x, Tensor weight) {
    for (int i = 0; i < x.rank(); i++) {
      if (op.axes().contains(i) && x.size(i) > 1 && weight.size(i) == 1) {
        return true;
      }
    }
    return false;
  }

  /** The axes of x, and which of them the steps of a norm distinguish. */
  private static final class Axes {
    final MemoryAxes memory;

    /** Axes along which a mean is constant: their number is that of the means. */
    final IntPredicate kept;

    /** Axes along which weight varies. */
    final IntPredicate affine;

    /** Axes along which anything varies but x itself. */
    final IntPredicate rest;

    /** The dense x, with all but {@link #rest} reduced. */
    final Segments segments;

    Axes(NormOp op, Layout x, Tensor weight) {
      memory = new MemoryAxes(x);
      kept = i -> !op.axes().contains(i);
      affine = i -> weight.size(i) > 1;
      rest = i -> kept.test(i) || affine.test(i);
      segments = Segments.of(x, i -> !rest.test(i));
    }

    int[] keptOfRest() {
      return memory.project(rest, kept);
    }
  }

  private static float[] each(int[] of, float[] values) {
    float[] spread = new float[of.length];
    for (int i = 0; i < of.length; i++) {
      spread[i] = values[of[i]];
    }
    return spread;
  }

  private static void forward(NormOp.Norm op, Tensor[] in, Tensor[] out, Operands operands) {
    Tensor x = operands.dense(in[0]);
    Axes axes = new Axes(op, x.layout(), in[1]);
    int[] keptOf = axes.keptOfRest();
    int kept = axes.memory.count(axes.kept);
    Moments moments = new Moments(x.address());
    double[] perRest = Reduction.run(axes.segments, moments);
    double[] perKept = new double[3 * kept];
    for (int i = 0; i < keptOf.length; i++) {
      moments.join(perKept, kept, keptOf[i], perRest, keptOf.length, i, 1);
    }
    double[] means = new double[kept];
    double[] rstds = new double[kept];
    for (int i = 0; i < kept; i++) {
      means[i] = perKept[kept + i];
      rstds[i] = 1 / Math.sqrt(perKept[2 * kept + i] / perKept[i] + op.eps());
    }
    axes.memory.write(means, out[1]);
    axes.memory.write(rstds, out[2]);
    float[] weight =
        each(axes.memory.project(axes.rest, axes.affine), axes.memory.read(in[1], axes.affine));
    float[] bias =
        each(axes.memory.project(axes.rest, axes.affine), axes.memory.read(in[2], axes.affine));
    float[] mean = new float[keptOf.length];
    float[] scale = new float[keptOf.length];
    for (int i = 0; i < keptOf.length; i++) {
      mean[i] = (float) means[keptOf[i]];
      scale[i] = (float) (rstds[keptOf[i]] * weight[i]);
    }
    Tensor y = operands.target(out[0], x.layout());
    new SegmentSweep(axes.segments, Formula.AFFINE_RUN, Formula.AFFINE_COLUMNS, mean, scale, bias)
        .run(x.address(), x.address(), y.address());
  }

  private static void gradient(NormOp.NormGrad op, Tensor[] in, Tensor[] out, Operands operands) {
    Tensor x = operands.dense(in[1]);
    Tensor g = operands.as(in[0], x.layout());
    Axes axes = new Axes(op, x.layout(), in[2]);
    int[] keptOf = axes.keptOfRest();
    int[] affineOf = axes.memory.project(axes.rest, axes.affine);
    float[] weight = each(affineOf, axes.memory.read(in[2], axes.affine));
    float[] mean = each(keptOf, axes.memory.read(in[3], axes.kept));
    float[] rstd = each(keptOf, axes.memory.read(in[4], axes.kept));
    int rest = keptOf.length;
    double[] sums =
        Reduction.run(
            axes.segments, GradientSums.of(g.address(), x.address(), mean, axes.segments));

    int affine = axes.memory.count(axes.affine);
    int kept = axes.memory.count(axes.kept);
    double[] gradWeight = new double[affine];
    double[] gradBias = new double[affine];
    double[] sumH = new double[kept];
    double[] sumHd = new double[kept];
    for (int i = 0; i < rest; i++) {
      gradBias[affineOf[i]] += sums[i];
      gradWeight[affineOf[i]] += sums[rest + i] * rstd[i];
      sumH[keptOf[i]] += sums[i] * weight[i];
      sumHd[keptOf[i]] += sums[rest + i] * weight[i];
    }
    axes.memory.write(gradWeight, out[1]);
    axes.memory.write(gradBias, out[2]);

    double n = (double) x.numel() / kept;
    float[] ofG = new float[rest];
    float[] ofX = new float[rest];
    float[] constant = new float[rest];
    for (int i = 0; i < rest; i++) {
      double r = rstd[i];
      ofG[i] = (float) (r * weight[i]);
      ofX[i] = (float) (-r * r * r * sumHd[keptOf[i]] / n);
      constant[i] = (float) (-r * sumH[keptOf[i]] / n);
    }
    Tensor y = operands.target(out[0], x.layout());
    new SegmentSweep(
            axes.segments,
            Formula.NORM_GRAD_RUN,
            Formula.NORM_GRAD_COLUMNS,
            mean,
            ofG,
            ofX,
            constant)
        .run(x.address(), g.address(), y.address());
  }
}
