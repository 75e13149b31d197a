package dev.manabi.tensor.run;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.Op;

/**
 * Inference for {@link ElementwiseOp}. The path that every small op takes, hence its short cuts.
 */
final class InferElementwise {
  private static final Signature X = Signature.of("x");
  private static final Signature AB = Signature.of("a", "b");
  private static final Signature SCALE_SHIFT = Signature.of("x", "scale", "shift", "residual");
  private static final Signature WHERE = Signature.of("condition", "a", "b");

  private InferElementwise() {}

  static TensorSpec[] outputs(ElementwiseOp op, TensorSpec[] in) {
    return switch (op) {
      case ElementwiseOp.Unary o -> unary(o, in);
      case ElementwiseOp.Binary o -> binary(o, in);
      case ElementwiseOp.Where o -> where(o, in);
      case ElementwiseOp.ScaleShift o -> scaleShift(o, in);
      case ElementwiseOp.Clamp o -> clamp(o, in);
      case ElementwiseOp.Cast o -> {
        Check.arity(o, in, X);
        yield same(in[0], o.dtype());
      }
      case ElementwiseOp.Copy o -> {
        Check.arity(o, in, X);
        yield Infer.one(copied(o, in[0].shape()), in[0].dtype());
      }
      case ElementwiseOp.Dropout o -> dropout(o, in);
    };
  }

  /** An output like {@code x}, but of {@code dtype}; {@code x} itself where that says it. */
  private static TensorSpec[] same(TensorSpec x, DType dtype) {
    Layout y = StrideOrder.like(x.layout());
    return y == x.layout() && dtype == x.dtype() ? new TensorSpec[] {x} : Infer.one(y, dtype);
  }

  private static Layout copied(ElementwiseOp.Copy op, Shape shape) {
    return switch (op.order()) {
      case ROW_MAJOR -> Layout.contiguous(shape);
      case CHANNELS_LAST -> Layout.channelsLast(shape);
    };
  }

  private static TensorSpec[] unary(ElementwiseOp.Unary op, TensorSpec[] in) {
    Check.arity(op, in, X);
    switch (op.fn()) {
      case NEG, ABS, SIGN, RELU, FLOOR, CEIL, ROUND, TRUNC -> Check.notBool(op, in, 0, X);
      case EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SIN, COS, TANH, SIGMOID, ERF ->
          Check.floating(op, in, 0, X);
      case IS_NAN, IS_INF, IS_FINITE, NOT -> {}
    }
    return same(in[0], op.fn().yieldsBool() ? DType.BOOL : in[0].dtype());
  }

  private static TensorSpec[] binary(ElementwiseOp.Binary op, TensorSpec[] in) {
    Check.arity(op, in, AB);
    TensorSpec a = in[0];
    TensorSpec b = in[1];
    Check.sameDtype(op, in, 0, AB);
    switch (op.fn()) {
      case ADD, SUB, MUL, POW, REMAINDER, FLOOR_DIV, RELU_MASK -> Check.notBool(op, in, 0, AB);
      case DIV -> Check.floating(op, in, 0, AB);
      case AND, OR, XOR -> notFloating(op, in);
      case MAX, MIN, EQ, NE, LT, LE, GT, GE -> {}
    }
    DType dtype = op.fn().yieldsBool() ? DType.BOOL : a.dtype();
    if (a.layout() == b.layout()) {
      return same(a, dtype);
    }
    Shape shape = broadcast(op, in, AB, a.shape(), b.shape());
    Layout y = StrideOrder.common(shape, in);
    if (dtype == a.dtype() && y == a.layout()) {
      return new TensorSpec[] {a};
    }
    return Infer.one(y, dtype);
  }

  private static void notFloating(ElementwiseOp.Binary op, TensorSpec[] in) {
    if (in[0].dtype().isFloating()) {
      throw Check.wrongDtype(op, in, 0, "an integer dtype or bool", DType.BOOL, AB);
    }
  }

  private static TensorSpec[] where(ElementwiseOp.Where op, TensorSpec[] in) {
    Check.arity(op, in, WHERE);
    Check.dtypeIs(op, in, 0, DType.BOOL, WHERE);
    Check.sameDtype(op, in, 1, WHERE);
    Shape ab = broadcast(op, in, WHERE, in[1].shape(), in[2].shape());
    Shape shape = broadcast(op, in, WHERE, in[0].shape(), ab);
    return Infer.one(
        StrideOrder.common(shape, new TensorSpec[] {in[1], in[2], in[0]}), in[1].dtype());
  }

  private static TensorSpec[] scaleShift(ElementwiseOp.ScaleShift op, TensorSpec[] in) {
    Check.arity(op, in, 3, 4, SCALE_SHIFT);
    Check.sameDtype(op, in, 0, SCALE_SHIFT);
    Check.floating(op, in, 0, SCALE_SHIFT);
    Shape shape = in[0].shape();
    for (int i = 1; i < in.length; i++) {
      shape = broadcast(op, in, SCALE_SHIFT, shape, in[i].shape());
    }
    return Infer.one(StrideOrder.common(shape, in), in[0].dtype());
  }

  private static TensorSpec[] clamp(ElementwiseOp.Clamp op, TensorSpec[] in) {
    Check.arity(op, in, X);
    Check.notBool(op, in, 0, X);
    if (Double.isNaN(op.low()) || Double.isNaN(op.high())) {
      throw Check.about(op, "a bound is NaN: low " + op.low() + ", high " + op.high(), in, X)
          .fix("give numbers, or an infinity for no bound");
    }
    return same(in[0], in[0].dtype());
  }

  private static TensorSpec[] dropout(ElementwiseOp.Dropout op, TensorSpec[] in) {
    Check.arity(op, in, X);
    Check.floating(op, in, 0, X);
    if (!(op.p() >= 0 && op.p() < 1)) {
      throw Check.about(op, "the probability " + op.p() + " is not in [0, 1)", in, X)
          .fix("give the share of elements to drop, such as 0.5");
    }
    return same(in[0], in[0].dtype());
  }

  /** The shape all operands broadcast to. */
  private static Shape broadcast(Op op, TensorSpec[] in, Signature signature, Shape a, Shape b) {
    Shape shape = Shape.broadcast(a, b);
    if (shape == null) {
      throw notBroadcastable(op, in, signature, a, b);
    }
    return shape;
  }

  private static ShapeException notBroadcastable(
      Op op, TensorSpec[] in, Signature signature, Shape a, Shape b) {
    int back = 1;
    while (a.dim(-back) == b.dim(-back) || a.dim(-back) == 1 || b.dim(-back) == 1) {
      back++;
    }
    String problem =
        "shapes %s and %s do not broadcast: dimension -%s is %s and %s"
            .formatted(a, b, back, a.dim(-back), b.dim(-back));
    return Check.about(op, problem, in, signature)
        .fix("sizes counted from the last must be equal or 1; see unsqueeze and expand");
  }
}
