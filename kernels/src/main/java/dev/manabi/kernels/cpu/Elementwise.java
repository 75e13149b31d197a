package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;

/** Elementwise ops: each is a {@link RowKernel} and a {@link Sweep}. */
final class Elementwise {
  private Elementwise() {}

  static void run(ElementwiseOp op, Tensor[] in, Tensor out) {
    switch (op) {
      case ElementwiseOp.Unary(var fn) ->
          Sweep.runWidened(ElementwiseKernels.unary(fn, computed(in[0])), in, out);
      case ElementwiseOp.Binary(var fn) -> binary(fn, in, out);
      case ElementwiseOp.Where() -> Sweep.run(ElementwiseKernels.select(out.dtype()), in, out);
      case ElementwiseOp.ScaleShift affine -> scaleShift(affine, in, out);
      case ElementwiseOp.Clamp clamp -> clamp(clamp, in[0], out);
      case ElementwiseOp.Cast cast -> cast(in, out);
      case ElementwiseOp.Copy copy -> Copies.run(in[0], out);
      case ElementwiseOp.Dropout dropout -> Dropouts.run(dropout, in[0], out);
    }
  }

  /** The dtype that arithmetic on {@code x} is done in. */
  static DType computed(Tensor x) {
    DType type = x.dtype();
    return type == DType.F16 || type == DType.BF16 ? DType.F32 : type;
  }

  private static void binary(BinaryFn fn, Tensor[] in, Tensor out) {
    boolean constantPower = fn == BinaryFn.POW && in[1].numel() == 1 && in[1].dtype().isFloating();
    if (!constantPower
        || !easyPower(in[0], Cell.of(in[1].dtype()).getDouble(in[1].address()), out)) {
      Sweep.runWidened(ElementwiseKernels.binary(fn, computed(in[0])), in, out);
    }
  }

  /** The powers of losses and their gradients, which need no logarithm, and are exact. */
  private static boolean easyPower(Tensor x, double exponent, Tensor y) {
    if (exponent == 2) {
      Sweep.runWidened(
          ElementwiseKernels.binary(BinaryFn.MUL, computed(x)), new Tensor[] {x, x}, y);
    } else if (exponent == 1) {
      Copies.run(x, y);
    } else if (exponent == -1) {
      Sweep.runWidened(
          ElementwiseKernels.unary(UnaryFn.RECIPROCAL, computed(x)), new Tensor[] {x}, y);
    } else {
      return false;
    }
    return true;
  }

  private static void scaleShift(ElementwiseOp.ScaleShift op, Tensor[] in, Tensor out) {
    if (in[0].dtype() == DType.F64) {
      CpuBackend.reference(op, in, new Tensor[] {out});
    } else {
      Sweep.runWidened(ElementwiseKernels.scaleShift(op.relu(), in.length > 3), in, out);
    }
  }

  private static void clamp(ElementwiseOp.Clamp op, Tensor x, Tensor y) {
    DType type = computed(x);
    Tensor low = Creation.constant(type, op.low(), x);
    Tensor high = Creation.constant(type, op.high(), x);
    if (!type.isFloating()) {
      putBounds(op, low, high);
    }
    Sweep.runWidened(ElementwiseKernels.clamp(type), new Tensor[] {x, low, high}, y);
    low.storage().release();
    high.storage().release();
  }

  /** The bounds of an integer type: inside its range where that makes no difference. */
  private static void putBounds(ElementwiseOp.Clamp op, Tensor low, Tensor high) {
    long least = (long) Math.ceil(op.low());
    long most = (long) Math.floor(op.high());
    long min = minimum(low.dtype());
    long max = maximum(low.dtype());
    if (most < min) {
      least = most;
    } else if (least > max) {
      least = Math.min(least, most);
      most = least;
    } else {
      least = Math.max(least, min);
      most = Math.min(most, max);
    }
    Cell cell = Cell.of(low.dtype());
    cell.putLong(low.address(), least);
    cell.putLong(high.address(), most);
  }

  private static long minimum(DType type) {
    return type == DType.U8 || type == DType.BOOL ? 0 : -1L << (type.bytes() * Byte.SIZE - 1);
  }

  private static long maximum(DType type) {
    return type == DType.BOOL
        ? 1
        : minimum(type) + (-1L >>> (Long.SIZE - type.bytes() * Byte.SIZE));
  }

  private static void cast(Tensor[] in, Tensor out) {
    if (in[0].dtype() == out.dtype()) {
      Copies.run(in[0], out);
    } else {
      Sweep.run(Casts.kernel(in[0].dtype(), out.dtype()), in, out);
    }
  }
}
