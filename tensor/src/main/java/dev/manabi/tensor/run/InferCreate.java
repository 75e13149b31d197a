package dev.manabi.tensor.run;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.CreateOp;

/** Inference for {@link CreateOp}. */
final class InferCreate {
  private static final Signature NONE = Signature.of("input*");

  private InferCreate() {}

  static TensorSpec[] outputs(CreateOp op, TensorSpec[] in) {
    Check.arity(op, in, 0, 0, NONE);
    switch (op) {
      case CreateOp.Fill o -> checkFill(o);
      case CreateOp.Range o -> checkRange(o);
      case CreateOp.Random o -> checkRandom(o);
    }
    return Infer.one(Layout.contiguous(op.shape()), op.dtype());
  }

  private static void checkFill(CreateOp.Fill op) {
    if (!op.dtype().isFloating() && op.dtype() != DType.BOOL && !Double.isFinite(op.value())) {
      throw refuse(
          op, op.dtype() + " cannot hold " + op.value(), "use a finite value or a floating dtype");
    }
  }

  private static void checkRange(CreateOp.Range op) {
    if (op.count() < 0) {
      throw refuse(
          op, "the count " + op.count() + " is negative", "let the step lead from start to end");
    }
    if (op.dtype() == DType.BOOL) {
      throw refuse(op, "bool has no order to count in", "use an integer or a floating dtype");
    }
  }

  private static void checkRandom(CreateOp.Random op) {
    double a = op.a();
    double b = op.b();
    String problem =
        switch (op.distribution()) {
          case UNIFORM -> a <= b ? "" : "there is no number from " + a + " up to " + b;
          case NORMAL -> b >= 0 ? "" : "the standard deviation " + b + " is negative or NaN";
          case INTEGER ->
              a < b ? "" : "there is no integer from " + a + " up to, not including, " + b;
        };
    if (!problem.isEmpty()) {
      throw refuse(op, problem, "give low < high, or a standard deviation of 0 or more");
    }
    boolean fits =
        switch (op.distribution()) {
          case UNIFORM, NORMAL -> op.dtype().isFloating();
          case INTEGER -> op.dtype() != DType.BOOL;
        };
    if (!fits) {
      throw refuse(
          op,
          op.distribution() + " numbers cannot be " + op.dtype(),
          "draw another dtype and cast it with .to(DType." + op.dtype().name() + ")");
    }
  }

  private static ShapeException refuse(CreateOp op, String problem, String fix) {
    return ShapeException.of(op.name(), problem).fix(fix);
  }
}
