package dev.manabi.kernels.cpu;

import dev.manabi.kernels.cpu.SegmentSweep.Formulas;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.NormOp;
import java.util.function.IntPredicate;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Batch, group and instance norm: wherever some axes are reduced along which weight and bias do not
 * vary. One pass over the input takes the statistics, one applies them. What has no such axes is
 * {@link LayerNorms} or, if weight varies along other axes, too, {@link ScaledNorms}.
 */
final class Norms {
  /** {@code (x - mean) * scale + bias}. */
  private static final Formulas PLAIN = Formulas.of(3, Norms::affine);

  private static final Formulas RELU =
      Formulas.of(3, (x, y, p, q, r, s) -> relu(affine(x, y, p, q, r, s)));

  /** The same with a residual {@code y}. */
  private static final Formulas ADD =
      Formulas.of(3, (x, y, p, q, r, s) -> affine(x, y, p, q, r, s).add(y));

  private static final Formulas ADD_RELU =
      Formulas.of(3, (x, y, p, q, r, s) -> relu(affine(x, y, p, q, r, s).add(y)));

  /** {@code y * q + (x - p) * r + s}. */
  private static final Formulas GRADIENT =
      Formulas.of(4, (x, y, p, q, r, s) -> x.sub(p).fma(r, y.fma(q, s)));

  private Norms() {}

  private static FloatVector affine(
      FloatVector x, FloatVector y, FloatVector p, FloatVector q, FloatVector r, FloatVector s) {
    return x.sub(p).fma(q, r);
  }

  private static FloatVector relu(FloatVector x) {
    return x.blend(0f, x.compare(VectorOperators.LE, 0f));
  }

  static void run(NormOp op, Tensor[] in, Tensor[] out) {
    switch (op) {
      case NormOp.RunningStatistics _ when in[0].dtype() == DType.F64 ->
          CpuBackend.reference(op, in, out);
      case NormOp.RunningStatistics s -> Sweep.runWidened(new RunningStatisticsLoop(s), in, out);
      case NormOp.Norm n -> norm(n, in, out);
      case NormOp.NormGrad g -> {
        try (var operands = new Operands()) {
          switch (way(g.axes(), in[1], in[2])) {
            case SEGMENTS -> gradient(g, in, out, operands);
            case ROWS -> LayerNorms.gradient(g, masked(g, in, out, operands), out, operands);
            case SCALED ->
                ScaledNorms.gradient(g.axes(), masked(g, in, out, operands), out, operands);
            case SCALAR -> CpuBackend.reference(op, in, out);
          }
        }
      }
    }
  }

  private static void norm(NormOp.Norm op, Tensor[] in, Tensor[] out) {
    Way way = way(op.axes(), in[0], in[1]);
    try (var operands = new Operands()) {
      switch (way) {
        case SEGMENTS -> forward(op, in, out, operands);
        case ROWS -> LayerNorms.forward(op, in, out, operands);
        case SCALED -> ScaledNorms.forward(op, in, out, operands);
        case SCALAR -> CpuBackend.reference(op, in, out);
      }
    }
    if (way == Way.ROWS) {
      addAndClip(op, in, out[0]);
    }
  }

  /** How a norm is computed: over segments, over rows, in parts, or by the scalar loops. */
  private enum Way {
    SEGMENTS,
    ROWS,
    SCALED,
    SCALAR
  }

  private static Way way(Ints axes, Tensor x, Tensor weight) {
    if (x.dtype() != DType.F32 || x.numel() == 0) {
      return Way.SCALAR;
    }
    return shared(axes, x, weight)
        ? Way.SEGMENTS
        : LayerNorms.fits(axes, x, weight) ? Way.ROWS : Way.SCALED;
  }

  /** What a layer norm's own loop does not do. */
  private static void addAndClip(NormOp.Norm op, Tensor[] in, Tensor y) {
    if (in.length > 3) {
      Elementwise.run(new Binary(BinaryFn.ADD), new Tensor[] {y, in[3]}, y);
    }
    if (op.relu()) {
      Elementwise.run(new Unary(UnaryFn.RELU), new Tensor[] {y}, y);
    }
  }

  /** The inputs, {@code gradOut} replaced by the part of it that counts. */
  private static Tensor[] masked(NormOp.NormGrad op, Tensor[] in, Tensor[] out, Operands operands) {
    if (!op.relu()) {
      return in;
    }
    Tensor[] masked = in.clone();
    masked[0] = op.residual() ? out[3] : operands.blank(out[0].layout(), DType.F32);
    Elementwise.run(new Binary(BinaryFn.RELU_MASK), new Tensor[] {in[0], in[5]}, masked[0]);
    return masked;
  }

  /** Along some reduced axis, weight does not vary. */
  private static boolean shared(Ints axes, Tensor x, Tensor weight) {
    for (int i = 0; i < x.rank(); i++) {
      if (axes.contains(i) && x.size(i) > 1 && weight.size(i) == 1) {
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

    Axes(Ints axes, Layout x, Tensor weight) {
      memory = new MemoryAxes(x);
      kept = i -> !axes.contains(i);
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
    Axes axes = new Axes(op.axes(), x.layout(), in[1]);
    int[] keptOf = axes.keptOfRest();
    int kept = axes.memory.count(axes.kept);
    ProductSums squares = ProductSums.squares(x.address());
    double[] perRest = Reduction.run(axes.segments, squares);
    double[] perKept = new double[2 * kept];
    for (int i = 0; i < keptOf.length; i++) {
      squares.join(perKept, kept, keptOf[i], perRest, keptOf.length, i, 1);
    }
    double n = (double) x.numel() / kept;
    double[] means = new double[kept];
    double[] rstds = new double[kept];
    for (int i = 0; i < kept; i++) {
      means[i] = perKept[i] / n;
      rstds[i] = rstd(means[i], perKept[kept + i] / n, op.eps());
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
    boolean adds = in.length > 3;
    Tensor residual = adds ? operands.as(in[3], x.layout()) : x;
    Tensor y = operands.target(out[0], x.layout());
    Formulas formulas = op.relu() ? adds ? ADD_RELU : RELU : adds ? ADD : PLAIN;
    new SegmentSweep(axes.segments, formulas, mean, scale, bias)
        .run(x.address(), residual.address(), y.address());
  }

  /** {@code 1 / sqrt(var + eps)}, given the means of the elements and of their squares. */
  static double rstd(double mean, double meanOfSquares, double eps) {
    return 1 / Math.sqrt(Math.max(0, meanOfSquares - mean * mean) + eps);
  }

  private static void gradient(NormOp.NormGrad op, Tensor[] in, Tensor[] out, Operands operands) {
    Tensor x = operands.dense(in[1]);
    Tensor g = operands.as(in[0], x.layout());
    Axes axes = new Axes(op.axes(), x.layout(), in[2]);
    int[] keptOf = axes.keptOfRest();
    int[] affineOf = axes.memory.project(axes.rest, axes.affine);
    float[] weight = each(affineOf, axes.memory.read(in[2], axes.affine));
    float[] mean = each(keptOf, axes.memory.read(in[3], axes.kept));
    float[] rstd = each(keptOf, axes.memory.read(in[4], axes.kept));
    int rest = keptOf.length;
    Tensor y = operands.target(out[0], x.layout());
    // Between the passes, the masked gradient stands where it belongs or where gradX will.
    Tensor masked = !op.relu() ? g : op.residual() ? operands.target(out[3], x.layout()) : y;
    ProductSums products =
        op.relu()
            ? new ProductSums(
                ProductSums.Kind.MASKED,
                g.address(),
                x.address(),
                operands.as(in[5], x.layout()).address(),
                masked.address())
            : new ProductSums(
                ProductSums.Kind.PRODUCTS, g.address(), x.address(), x.address(), x.address());
    double[] sums = Reduction.run(axes.segments, products);

    int affine = axes.memory.count(axes.affine);
    int kept = axes.memory.count(axes.kept);
    double[] gradWeight = new double[affine];
    double[] gradBias = new double[affine];
    double[] sumH = new double[kept];
    double[] sumHd = new double[kept];
    for (int i = 0; i < rest; i++) {
      double centred = sums[rest + i] - mean[i] * sums[i];
      gradBias[affineOf[i]] += sums[i];
      gradWeight[affineOf[i]] += centred * rstd[i];
      sumH[keptOf[i]] += sums[i] * weight[i];
      sumHd[keptOf[i]] += centred * weight[i];
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
    new SegmentSweep(axes.segments, GRADIENT, mean, ofG, ofX, constant)
        .run(x.address(), masked.address(), y.address());
  }
}
