package dev.manabi.tensor.run;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.LinalgOp;
import java.util.Arrays;

/** Inference for {@link LinalgOp}. */
final class InferLinalg {
  private static final Signature MATMUL = Signature.of("a .. M K", "b .. K N");
  private static final Signature LINEAR =
      Signature.of("input .. K", "weight N K", "bias N", "residual .. N");

  private InferLinalg() {}

  static TensorSpec[] outputs(LinalgOp op, TensorSpec[] in) {
    return switch (op) {
      case LinalgOp.MatMul o -> matMul(o, in);
      case LinalgOp.Linear o -> linear(o, in);
    };
  }

  private static TensorSpec[] matMul(LinalgOp.MatMul op, TensorSpec[] in) {
    Check.arity(op, in, MATMUL);
    Check.sameDtype(op, in, 0, MATMUL);
    Check.notBool(op, in, 0, MATMUL);
    TensorSpec a = in[0];
    TensorSpec b = in[1];
    for (int i = 0; i < 2; i++) {
      if (in[i].rank() < 2) {
        throw Check.about(
                op,
                MATMUL.name(i) + " must have 2 or more dimensions, found " + in[i].rank(),
                in,
                MATMUL)
            .fix("make it a matrix with unsqueeze");
      }
    }
    if (a.dim(-1) != b.dim(-2)) {
      throw Check.about(
              op, "a has " + a.dim(-1) + " columns, but b has " + b.dim(-2) + " rows", in, MATMUL)
          .fix("a.shape[-1] must equal b.shape[-2]; transpose one of them?");
    }
    Shape batch = Shape.broadcast(leading(a.shape(), 2), leading(b.shape(), 2));
    if (batch == null) {
      throw Check.about(op, "the leading dimensions of a and b do not broadcast", in, MATMUL)
          .fix("leading sizes counted from the last must be equal or 1");
    }
    int rank = batch.rank();
    return Infer.one(
        Layout.contiguous(batch.insert(rank, a.dim(-2)).insert(rank + 1, b.dim(-1))), a.dtype());
  }

  /** {@code shape} without its last {@code drop} dimensions. */
  private static Shape leading(Shape shape, int drop) {
    return shape.rank() == drop
        ? Shape.of()
        : Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - drop));
  }

  private static TensorSpec[] linear(LinalgOp.Linear op, TensorSpec[] in) {
    Check.arity(op, in, 2, 4, LINEAR);
    Check.sameDtype(op, in, 0, LINEAR);
    Check.floating(op, in, 0, LINEAR);
    TensorSpec x = in[0];
    TensorSpec weight = in[1];
    if (x.rank() < 1) {
      throw Check.about(op, "input must have 1 or more dimensions, found 0", in, LINEAR)
          .fix("give input the shape [.., K]");
    }
    Check.rank(op, in, 1, LINEAR);
    if (x.dim(-1) != weight.dim(1)) {
      throw Check.about(
              op,
              "input has " + x.dim(-1) + " features, but weight expects " + weight.dim(1),
              in,
              LINEAR)
          .fix("input.shape[-1] must equal weight.shape[1]; flatten the input?");
    }
    if (in.length > 2) {
      Check.rank(op, in, 2, LINEAR);
      if (in[2].dim(0) != weight.dim(0)) {
        throw Check.about(
                op,
                "bias has %s elements, but weight makes %s features"
                    .formatted(in[2].dim(0), weight.dim(0)),
                in,
                LINEAR)
            .fix("bias.shape[0] must equal weight.shape[0]");
      }
    }
    Shape shape = x.shape().with(x.rank() - 1, weight.dim(0));
    if (in.length > 3) {
      Check.shapeOfOutput(op, in, 3, shape, LINEAR);
    }
    return Infer.one(Layout.contiguous(shape), x.dtype());
  }
}
