package dev.manabi.bench.torch;

import dev.manabi.kernels.cases.Input;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.Tolerance;
import dev.manabi.kernels.cases.Values;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.ReduceOp.Reduce;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;

/** Where libtorch answers otherwise than the engine, and why the engine stays with its answer. */
enum Deviation {
  SIGN_OF_NAN("the engine's sign of NaN is NaN, which hides nothing; libtorch's is 0") {
    @Override
    boolean covers(OpCase c) {
      return c.op() instanceof Unary(UnaryFn fn) && fn == UnaryFn.SIGN && has(c, Values.SPECIAL);
    }
  },
  INFINITE_QUOTIENT("floor(inf / 1) is inf; libtorch's way over the remainder makes it NaN") {
    @Override
    boolean covers(OpCase c) {
      return c.op() instanceof Binary(BinaryFn fn)
          && fn == BinaryFn.FLOOR_DIV
          && has(c, Values.SPECIAL);
    }
  };

  private final String reason;

  Deviation(String reason) {
    this.reason = reason;
  }

  abstract boolean covers(OpCase c);

  static boolean coversAny(OpCase c) {
    for (Deviation deviation : values()) {
      if (deviation.covers(c)) {
        return true;
      }
    }
    return false;
  }

  /** The case's tolerance, but where libtorch itself is less exact than that. */
  static Tolerance tolerance(OpCase c) {
    Op op = c.op();
    if (op instanceof Unary(UnaryFn fn) && fn == UnaryFn.ERF) {
      return new Tolerance(
          c.tolerance().relative(),
          0x1p-21,
          "libtorch's f32 erf has an absolute error, near 0 too");
    }
    DType dtype = c.inputs().isEmpty() ? DType.F32 : c.inputs().getFirst().dtype();
    if (op instanceof Reduce reduce && reduce.fn() == ReduceFn.PROD && dtype.bytes() == 2) {
      double step = dtype == DType.F16 ? 0x1p-11 : 0x1p-8;
      long factors = c.inputs().getFirst().shape().dim(reduce.axes().get(0));
      return new Tolerance(factors * step, 0, "libtorch rounds every partial product");
    }
    return c.tolerance();
  }

  private static boolean has(OpCase c, Values values) {
    return c.inputs().stream().map(Input::values).anyMatch(values::equals);
  }

  @Override
  public String toString() {
    return reason;
  }
}
