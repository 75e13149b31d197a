package dev.manabi.kernels.cuda;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import java.util.Arrays;
import java.util.Locale;

/** Ops whose output element depends on the input elements of the same broadcast index. */
final class Elementwise {
  /** How many elements a thread of the vectorised kernels takes. */
  private static final int LANES = 4;

  private static final String[] UNARY = names("unary_", UnaryFn.values());
  private static final String[] BINARY = names("binary_", BinaryFn.values());

  private Elementwise() {}

  private static String[] names(String prefix, Enum<?>[] functions) {
    return Arrays.stream(functions)
        .map(f -> prefix + f.name().toLowerCase(Locale.ROOT))
        .toArray(String[]::new);
  }

  static void run(Gpu gpu, ElementwiseOp op, Tensor[] in, Tensor y) {
    switch (op) {
      case ElementwiseOp.Unary(var fn) -> unary(gpu, fn, in[0], y);
      case ElementwiseOp.Binary(var fn) -> binary(gpu, fn, in[0], in[1], y);
      case ElementwiseOp.Where() -> where(gpu, in[0], in[1], in[2], y);
      case ElementwiseOp.ScaleShift affine -> scaleShift(gpu, affine, in, y);
      case ElementwiseOp.Clamp clamp -> clamp(gpu, clamp, in[0], y);
      case ElementwiseOp.Cast _ -> cast(gpu, in[0], y);
      case ElementwiseOp.Copy _ -> Copies.copy(gpu, in[0], y);
      case ElementwiseOp.Dropout dropout -> dropout(gpu, dropout, in[0], y);
    }
  }

  /** Whether threads may take four neighbours at once. */
  static boolean isVectorised(Walk w, Tensor... tensors) {
    if (!w.isLinear()) {
      return false;
    }
    for (Tensor t : tensors) {
      if (t.address() % Math.min(16, LANES * t.dtype().bytes()) != 0) {
        return false;
      }
    }
    return true;
  }

  static void unary(Gpu gpu, UnaryFn fn, Tensor x, Tensor y) {
    Walk w = Walk.over(y.shape(), x.layout(), y.layout());
    gpu.call("elementwise", x.dtype(), UNARY[fn.ordinal()])
        .walk(w)
        .i32(isVectorised(w, x, y))
        .tensor(x)
        .tensor(y)
        .each(w.count(), LANES);
  }

  static void binary(Gpu gpu, BinaryFn fn, Tensor a, Tensor b, Tensor y) {
    Walk w = Walk.over(y.shape(), a.layout(), b.layout(), y.layout());
    gpu.call("elementwise", a.dtype(), BINARY[fn.ordinal()])
        .walk(w)
        .i32(isVectorised(w, a, b, y))
        .tensor(a)
        .tensor(b)
        .tensor(y)
        .each(w.count(), LANES);
  }

  private static void where(Gpu gpu, Tensor condition, Tensor a, Tensor b, Tensor y) {
    Walk w = Walk.over(y.shape(), condition.layout(), a.layout(), b.layout(), y.layout());
    gpu.callByWidth("copy", y.dtype().bytes(), "where")
        .walk(w)
        .tensor(condition)
        .tensor(a)
        .tensor(b)
        .tensor(y)
        .each(w.count());
  }

  private static void scaleShift(Gpu gpu, ElementwiseOp.ScaleShift op, Tensor[] in, Tensor y) {
    Tensor residual = in.length > 3 ? in[3] : in[0];
    Walk w =
        Walk.over(
            y.shape(),
            in[0].layout(),
            in[1].layout(),
            in[2].layout(),
            residual.layout(),
            y.layout());
    gpu.call("affine", y.dtype(), "scale_shift")
        .walk(w)
        .tensor(in[0])
        .tensor(in[1])
        .tensor(in[2])
        .tensor(residual)
        .tensor(y)
        .i32(in.length > 3)
        .i32(op.relu())
        .each(w.count());
  }

  private static void clamp(Gpu gpu, ElementwiseOp.Clamp op, Tensor x, Tensor y) {
    DType dtype = x.dtype();
    double low = dtype.isFloating() ? op.low() : Math.ceil(op.low());
    double high = dtype.isFloating() ? op.high() : Math.floor(op.high());
    Walk w = Walk.over(y.shape(), x.layout(), y.layout());
    gpu.call("elementwise", dtype, "clamp")
        .walk(w)
        .i32(isVectorised(w, x, y))
        .tensor(x)
        .tensor(y)
        .arithmetic(dtype, low)
        .arithmetic(dtype, high)
        .each(w.count(), LANES);
  }

  private static void cast(Gpu gpu, Tensor x, Tensor y) {
    if (x.dtype() == y.dtype()) {
      Copies.copy(gpu, x, y);
      return;
    }
    Walk w = Walk.over(y.shape(), x.layout(), y.layout());
    gpu.call("cast", x.dtype(), "cast")
        .walk(w)
        .tensor(x)
        .tensor(y)
        .i32(y.dtype().ordinal())
        .each(w.count());
  }

  private static void dropout(Gpu gpu, ElementwiseOp.Dropout op, Tensor x, Tensor y) {
    Walk w = Walk.inOrder(y.shape(), x.layout(), y.layout());
    gpu.call("affine", x.dtype(), "dropout")
        .walk(w)
        .tensor(x)
        .tensor(y)
        .f64(op.p())
        .f64(1 / (1 - op.p()))
        .i64(op.key().seed())
        .i64(op.key().stream())
        .address(gpu.replay().address())
        .each(w.count());
  }
}
