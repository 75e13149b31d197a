package dev.manabi.nn;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.run.Interpreter;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation over all dimensions but the channels (Ioffe and Szegedy 2015). Training uses
 * the batch's statistics and moves the running ones; evaluation uses the running ones.
 */
public abstract sealed class BatchNorm extends Module permits BatchNorm1d, BatchNorm2d {
  private final double eps;
  private final double momentum;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor runningMean;
  private final Tensor runningVar;
  private final Tensor batches;

  /** The layer that does what this does. */
  private @Nullable AffineLayer foldedInto;

  BatchNorm(int channels, double eps, double momentum) {
    this.eps = eps;
    this.momentum = momentum;
    weight = parameter("weight", Tensors.ones(channels));
    bias = parameter("bias", Tensors.zeros(channels));
    runningMean = buffer("running_mean", Tensors.zeros(channels));
    runningVar = buffer("running_var", Tensors.ones(channels));
    batches = buffer("num_batches_tracked", Tensors.zeros(dev.manabi.tensor.DType.I64));
  }

  /** Refuses inputs of a rank this layer does not take. */
  abstract boolean accepts(int rank);

  public Tensor weight() {
    return weight;
  }

  public Tensor bias() {
    return bias;
  }

  public Tensor runningMean() {
    return runningMean;
  }

  public Tensor runningVar() {
    return runningVar;
  }

  public double eps() {
    return eps;
  }

  @Override
  public Tensor forward(Tensor x) {
    return normalize(x, null, false);
  }

  /** {@code apply(x).relu()}, in one pass unless this layer has hooks. */
  public final Tensor relu(Tensor x) {
    return hasHooks() ? apply(x).relu() : located(() -> normalize(x, null, true));
  }

  /**
   * {@code apply(x).add(residual).relu()}, the end of a residual block (He et al. 2016), in one
   * pass unless this layer has hooks or {@code residual} another shape or dtype than {@code x}.
   */
  public final Tensor addRelu(Tensor x, Tensor residual) {
    boolean alike = residual.shape().equals(x.shape()) && residual.dtype() == x.dtype();
    return hasHooks() || !alike
        ? apply(x).add(residual).relu()
        : located(() -> normalize(x, residual, true));
  }

  /** {@code relu(before.apply(x))}; without a pass of its own once folded into {@code before}. */
  public final Tensor relu(AffineLayer before, Tensor x) {
    return isPartOf(before) ? before.relu(x) : relu(before.apply(x));
  }

  /**
   * {@code addRelu(before.apply(x), residual)}; without a pass of its own once folded into {@code
   * before}.
   */
  public final Tensor addRelu(AffineLayer before, Tensor x, Tensor residual) {
    return isPartOf(before) ? before.addRelu(x, residual) : addRelu(before.apply(x), residual);
  }

  /** Whether all that is left of this is in {@code before}, and nobody looks in between. */
  private boolean isPartOf(AffineLayer before) {
    return foldedInto == before && !hasHooks() && !isTraining();
  }

  private Tensor normalize(Tensor x, @Nullable Tensor residual, boolean relu) {
    if (!accepts(x.rank()) || x.size(1) != weight.size(0)) {
      throw ShapeException.of("batch_norm", "input does not fit " + this)
          .operand("input", x.spec())
          .fix("dimension 1 must be the " + weight.size(0) + " channels");
    }
    if (foldedInto != null) {
      requireEvaluation();
      Tensor y = residual == null ? x : x.add(residual);
      return relu ? y.relu() : y;
    }
    return isTraining() ? byBatch(x, residual, relu) : byRunning(x, residual, relu);
  }

  /** Lets {@code before} do what this does in evaluation, and does nothing from then on. */
  final void foldInto(AffineLayer before) {
    Tensor scale = scale();
    before.scaleAndShift(scale, shift(scale));
    // The identity, in case the state is saved.
    weight.fill_(1);
    bias.fill_(0);
    runningMean.fill_(0);
    runningVar.fill_(1 - eps);
    foldedInto = before;
  }

  private void requireEvaluation() {
    if (isTraining()) {
      throw new IllegalStateException(
          "batch norm " + path() + " is folded and cannot be trained\n  fix: load the model anew");
    }
  }

  private Tensor byBatch(Tensor x, @Nullable Tensor residual, boolean relu) {
    Ints axes = x.rank() == 2 ? Ints.of(0) : x.rank() == 3 ? Ints.of(0, 2) : Ints.of(0, 2, 3);
    Tensor w = perChannel(weight, x);
    Tensor b = perChannel(bias, x);
    Tensor[] out = relu ? x.normalizeRelu(w, b, axes, eps, residual) : x.normalize(w, b, axes, eps);
    GradMode.noGrad(() -> updateRunning(out[1].flatten(), out[2].flatten(), x.numel()));
    return out[0];
  }

  private void updateRunning(Tensor mean, Tensor rstd, long numel) {
    double count = (double) numel / weight.numel();
    Interpreter.runInto(
        new NormOp.RunningStatistics(momentum, eps, count),
        new Tensor[] {runningMean, runningVar, mean, rstd},
        runningMean,
        runningVar);
    batches.add_(1);
  }

  private Tensor byRunning(Tensor x, @Nullable Tensor residual, boolean relu) {
    Tensor scale = scale();
    return x.scaleShift(perChannel(scale, x), perChannel(shift(scale), x), residual, relu);
  }

  private Tensor scale() {
    return runningVar.add(eps).rsqrt().mul(weight);
  }

  private Tensor shift(Tensor scale) {
    return bias.sub(runningMean.mul(scale));
  }

  private static Tensor perChannel(Tensor t, Tensor x) {
    int[] shape = new int[x.rank()];
    java.util.Arrays.fill(shape, 1);
    shape[1] = -1;
    return t.reshape(shape);
  }

  @Override
  protected String describe() {
    return weight.size(0)
        + ", eps="
        + Texts.number(eps)
        + ", momentum="
        + Texts.number(momentum)
        + ", affine=True, track_running_stats=True"
        + (foldedInto == null ? "" : ", folded");
  }
}
