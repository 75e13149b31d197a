package dev.manabi.tensor;

import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.run.Interpreter;

/**
 * Brings operands to a common dtype before an op sees them. Numbers and rank-0 tensors are weak:
 * they never raise a tensor of the same kind ({@code f32 [3] * f64 []} is f32).
 */
final class Promotion {
  private Promotion() {}

  static Tensor binary(BinaryFn fn, Tensor a, Tensor b) {
    DType type = common(a, b);
    if (fn == BinaryFn.DIV && !type.isFloating()) {
      type = DType.F32;
    }
    return Interpreter.run(new Binary(fn), a.to(type), b.to(type));
  }

  static Tensor binary(BinaryFn fn, Tensor a, double b) {
    return binary(fn, a, scalar(a, b));
  }

  static Tensor binary(BinaryFn fn, double a, Tensor b) {
    return binary(fn, scalar(b, a), b);
  }

  /** Functions that are defined on floating types only turn integers into f32 first. */
  static Tensor floating(UnaryFn fn, Tensor x) {
    return Interpreter.run(new Unary(fn), x.dtype().isFloating() ? x : x.to(DType.F32));
  }

  static Tensor unary(UnaryFn fn, Tensor x) {
    return Interpreter.run(new Unary(fn), x);
  }

  static DType common(Tensor a, Tensor b) {
    if (a.dtype() == b.dtype()) {
      return a.dtype();
    }
    if (b.rank() == 0 && a.rank() > 0 && b.dtype().kind().compareTo(a.dtype().kind()) <= 0) {
      return a.dtype();
    }
    if (a.rank() == 0 && b.rank() > 0 && a.dtype().kind().compareTo(b.dtype().kind()) <= 0) {
      return b.dtype();
    }
    return DType.promote(a.dtype(), b.dtype());
  }

  /** A number beside {@code like}: of its dtype, or f32 if an integer type could not hold it. */
  static Tensor scalar(Tensor like, double value) {
    DType type = like.dtype();
    if (!type.isFloating() && value != Math.rint(value)) {
      type = DType.F32;
    } else if (type == DType.BOOL && value != 0 && value != 1) {
      type = DType.I64;
    }
    return Interpreter.runOn(like.device(), new CreateOp.Fill(Shape.of(), type, value))[0];
  }
}
