package dev.manabi.tensor;

import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.LinalgOp.Linear;
import dev.manabi.tensor.op.LinalgOp.MatMul;
import dev.manabi.tensor.op.LossOp.CrossEntropy;
import dev.manabi.tensor.op.NormOp.Norm;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.op.PoolOp.Window;
import dev.manabi.tensor.run.Interpreter;
import org.jspecify.annotations.Nullable;

/**
 * Products and the layers of neural networks as functions. Images are {@code [N, C, H, W]} in any
 * memory order; convolutions are fastest on channels-last and produce it.
 */
public sealed interface TensorNN permits Tensor {
  /** This object, as the tensor it is. */
  Tensor self();

  /**
   * Matrix product: {@code [.., M, K] x [.., K, N] -> [.., M, N]} with leading dimensions
   * broadcast. A vector counts as a row on the left and as a column on the right, and that
   * dimension disappears from the result.
   */
  default Tensor matmul(Tensor other) {
    Tensor a = self().rank() == 1 ? self().unsqueeze(0) : self();
    Tensor b = other.rank() == 1 ? other.unsqueeze(1) : other;
    DType type = Promotion.common(a, b);
    Tensor y = Interpreter.run(new MatMul(), a.to(type), b.to(type));
    y = other.rank() == 1 ? y.squeeze(-1) : y;
    return self().rank() == 1 ? y.squeeze(other.rank() == 1 ? -1 : -2) : y;
  }

  /** {@code x [.., K] * weight^T + bias} for {@code weight [N, K]} and {@code bias [N]}. */
  default Tensor linear(Tensor weight, @Nullable Tensor bias) {
    return affine(new Linear(), weight, bias, null);
  }

  /**
   * {@code relu(linear(weight, bias) + residual)}, without another pass over memory.
   *
   * @param residual of the result's shape; {@code null} for none
   */
  default Tensor linearRelu(Tensor weight, @Nullable Tensor bias, @Nullable Tensor residual) {
    return affine(new Linear(true), weight, bias, residual);
  }

  /** Convolution of {@code [N, C, H, W]} with {@code weight [O, C / groups, KH, KW]}. */
  default Tensor conv2d(Tensor weight, @Nullable Tensor bias, ConvOp.Params params) {
    return affine(new ConvOp.Conv2d(params), weight, bias, null);
  }

  /**
   * {@code relu(conv2d(weight, bias, params) + residual)}, without another pass over memory.
   *
   * @param residual of the result's shape; {@code null} for none
   */
  default Tensor conv2dRelu(
      Tensor weight, @Nullable Tensor bias, ConvOp.Params params, @Nullable Tensor residual) {
    return affine(new ConvOp.Conv2d(params, true), weight, bias, residual);
  }

  private Tensor affine(Op op, Tensor weight, @Nullable Tensor bias, @Nullable Tensor residual) {
    if (residual != null) {
      return Interpreter.run(op, self(), weight, bias == null ? noBias(weight) : bias, residual);
    }
    return bias == null
        ? Interpreter.run(op, self(), weight)
        : Interpreter.run(op, self(), weight, bias);
  }

  private static Tensor noBias(Tensor weight) {
    var zeros = new CreateOp.Fill(Shape.of(weight.size(0)), weight.dtype(), 0);
    return Interpreter.runOn(weight.device(), zeros)[0];
  }

  /**
   * Transposed convolution: the gradient of a convolution with {@code params}, as a layer. {@code
   * weight} is {@code [C, O / groups, KH, KW]} for an input of C channels.
   *
   * @param outputPaddingH rows added below, to choose among the sizes a strided convolution maps
   *     onto this one
   * @param outputPaddingW columns added at the right
   */
  default Tensor convTranspose2d(
      Tensor weight,
      @Nullable Tensor bias,
      ConvOp.Params params,
      int outputPaddingH,
      int outputPaddingW) {
    Tensor x = self();
    int h =
        (x.size(2) - 1) * params.strideH()
            - 2 * params.paddingH()
            + params.dilationH() * (weight.size(2) - 1)
            + outputPaddingH
            + 1;
    int w =
        (x.size(3) - 1) * params.strideW()
            - 2 * params.paddingW()
            + params.dilationW() * (weight.size(3) - 1)
            + outputPaddingW
            + 1;
    Tensor y = Interpreter.run(new ConvOp.InputGrad(params, h, w), x, weight);
    return bias == null ? y : y.add(bias.reshape(1, -1, 1, 1));
  }

  /** The largest element of each window. */
  default Tensor maxPool2d(Window window) {
    // Nobody but the gradient sees the index.
    boolean narrow = (long) self().size(-2) * self().size(-1) <= Integer.MAX_VALUE;
    DType index = narrow ? DType.I32 : DType.I64;
    return Interpreter.run(new PoolOp.MaxPool2d(window, index), self());
  }

  /** The largest element of each window, and its position {@code row * W + column}. */
  default ValuesIndices maxPool2dWithIndices(Window window) {
    Tensor[] out = Interpreter.runAll(new PoolOp.MaxPool2d(window), self());
    return new ValuesIndices(out[0], out[1]);
  }

  /** The mean of each window. */
  default Tensor avgPool2d(Window window) {
    return Interpreter.run(new PoolOp.AvgPool2d(window), self());
  }

  /** Resamples to {@code h x w}. */
  default Tensor interpolate(PoolOp.Mode mode, int h, int w, boolean alignCorners) {
    return Interpreter.run(new PoolOp.Interpolate(mode, h, w, alignCorners), self());
  }

  /**
   * Normalises over {@code axes}, then scales and shifts; {@code weight} and {@code bias} have this
   * tensor's rank and broadcast to it. Outputs: {@code y}, mean, {@code 1 / sqrt(var + eps)}.
   */
  default Tensor[] normalize(Tensor weight, Tensor bias, Ints axes, double eps) {
    return Interpreter.runAll(new Norm(axes, eps), self(), weight, bias);
  }

  /**
   * {@link #normalize} with {@code y = relu(y + residual)}, without another pass over memory.
   *
   * @param residual of this tensor's shape; {@code null} for none
   */
  default Tensor[] normalizeRelu(
      Tensor weight, Tensor bias, Ints axes, double eps, @Nullable Tensor residual) {
    Norm op = new Norm(axes, eps, true);
    return residual == null
        ? Interpreter.runAll(op, self(), weight, bias)
        : Interpreter.runAll(op, self(), weight, bias, residual);
  }

  /**
   * {@code this * scale + shift + residual}, and the positive part of it if {@code relu}, in one
   * pass; all broadcast.
   *
   * @param residual {@code null} for none
   */
  default Tensor scaleShift(Tensor scale, Tensor shift, @Nullable Tensor residual, boolean relu) {
    var op = new ElementwiseOp.ScaleShift(relu);
    return residual == null
        ? Interpreter.run(op, self(), scale, shift)
        : Interpreter.run(op, self(), scale, shift, residual);
  }

  /** Layer norm over the last {@code weight.rank()} dimensions. */
  default Tensor layerNorm(Tensor weight, Tensor bias, double eps) {
    Tensor x = self();
    int[] shape = new int[x.rank()];
    java.util.Arrays.fill(shape, 1);
    System.arraycopy(weight.shape().toArray(), 0, shape, x.rank() - weight.rank(), weight.rank());
    Ints axes = Ints.range(x.rank() - weight.rank(), x.rank());
    return normalize(weight.reshape(shape), bias.reshape(shape), axes, eps)[0];
  }

  /** Group norm of {@code [N, C, ..]} with {@code weight} and {@code bias} of {@code [C]}. */
  default Tensor groupNorm(int groups, Tensor weight, Tensor bias, double eps) {
    Tensor x = self();
    int channels = x.size(1);
    Tensor grouped = x.reshape(x.size(0), groups, channels / groups, -1);
    int[] affine = {1, groups, channels / groups, 1};
    Tensor y =
        grouped.normalize(weight.reshape(affine), bias.reshape(affine), Ints.of(2, 3), eps)[0];
    return y.reshape(x.shape().toArray());
  }

  /** Zeros elements with probability {@code p} and scales the rest by {@code 1 / (1 - p)}. */
  default Tensor dropout(double p) {
    if (p < 0 || p > 1) {
      throw new IllegalArgumentException("dropout: p must be in [0, 1], found " + p);
    }
    if (p == 0) {
      return self();
    }
    if (p == 1) {
      return self().mul(0);
    }
    return Interpreter.run(
        new ElementwiseOp.Dropout(p, Generator.of(self().device()).nextKey()), self());
  }

  /** Rows of this {@code [classes, D]} table at {@code index}: {@code [index.., D]}. */
  default Tensor embedding(Tensor index) {
    return self().indexSelect(0, index);
  }

  /** Cross-entropy of each row of logits {@code [N, C]} with its class {@code target [N]}: [N]. */
  default Tensor crossEntropy(Tensor target, double smoothing, int ignoreIndex) {
    return Interpreter.run(new CrossEntropy(smoothing, ignoreIndex), self(), target.to(DType.I64));
  }

  /**
   * Mean cross-entropy of logits {@code [N, C]} with classes {@code target [N]}, over those that
   * are not {@link #NO_IGNORE}.
   */
  default Tensor crossEntropy(Tensor target) {
    Tensor classes = target.to(DType.I64);
    Tensor losses = crossEntropy(classes, 0, NO_IGNORE);
    return losses.sum().div(classes.ne(NO_IGNORE).sum().to(losses.dtype()));
  }

  /** The {@code ignoreIndex} unless another is named, as in PyTorch; no class has it. */
  int NO_IGNORE = -100;
}
