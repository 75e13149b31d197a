package dev.manabi.kernels.cuda;

import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import org.jspecify.annotations.Nullable;

/**
 * A convolution or one of its gradients: whichever of {@code x} [N, C, H, W], {@code weight} [O, C
 * / groups, KH, KW] and {@code y} [N, O, OH, OW] the op is for, it is computed from the other two.
 * Bias and epilogue are those of a {@code y}.
 */
record Convolution(
    ConvOp op, Tensor x, Tensor weight, Tensor y, @Nullable Tensor bias, Epilogue epilogue) {
  /** Without bias and epilogue. */
  Convolution(ConvOp op, Tensor x, Tensor weight, Tensor y) {
    this(op, x, weight, y, null, Epilogue.NONE);
  }

  static Convolution of(ConvOp op, Tensor[] in, Tensor out) {
    return switch (op) {
      case ConvOp.Conv2d conv -> {
        Tensor bias = in.length > 2 ? in[2] : null;
        yield new Convolution(op, in[0], in[1], out, bias, Epilogue.of(in, conv.relu()));
      }
      case ConvOp.InputGrad _ -> new Convolution(op, out, in[1], in[0]);
      case ConvOp.WeightGrad _ -> new Convolution(op, in[0], out, in[1]);
    };
  }

  ConvOp.Params params() {
    return op.params();
  }

  int groups() {
    return op.params().groups();
  }

  /** How many elements of x meet each filter in one place of the window. */
  int channelsPerGroup() {
    return weight.shape().dim(1);
  }

  int filtersPerGroup() {
    return weight.shape().dim(0) / groups();
  }

  /** Pixels of all images of {@code planes}. */
  static int pixels(Tensor planes) {
    Shape shape = planes.shape();
    return Walk.count(Shape.of(shape.dim(0), shape.dim(2), shape.dim(3)));
  }

  /** How many products it adds up, padding of the images included. */
  long multiplications() {
    return pixels(y) * weight.numel();
  }
}
