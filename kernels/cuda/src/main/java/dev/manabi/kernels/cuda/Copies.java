package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import java.util.function.Consumer;

/** Elements moved or set without a look at their values. */
final class Copies {
  private static final int TILE = 32;
  private static final int TILE_ROWS = 8;

  /** Below so many elements along an axis, a tile of a transpose is mostly empty. */
  private static final int WORTH_A_TILE = 16;

  private Copies() {}

  /** {@code y = x}, of one dtype and shape, in whatever strides. */
  static void copy(Gpu gpu, Tensor x, Tensor y) {
    Walk w = Walk.over(y.shape(), x.layout(), y.layout());
    int bytes = y.dtype().bytes();
    if (w.count() == 0) {
      return;
    }
    if (w.isLinear()) {
      gpu.context().copy(y.address(), x.address(), (long) w.count() * bytes);
    } else if (isTranspose(w)) {
      transpose(gpu, w, x, y);
    } else {
      gpu.callByWidth("copy", bytes, "copy")
          .walk(w)
          .i32(false)
          .tensor(x)
          .tensor(y)
          .each(w.count(), 4);
    }
  }

  /**
   * Two axes that change places, and perhaps one around both, as far as a grid reaches. Axis 0 is
   * y's innermost.
   */
  static boolean isTranspose(Walk w) {
    return (w.rank() == 2 || w.rank() == 3)
        && w.stride(1, 0) == 1
        && w.stride(0, 1) == 1
        && w.size(0) >= WORTH_A_TILE
        && w.size(1) >= WORTH_A_TILE
        && w.size(0) <= TILE * Grid.MOST_YZ
        && (w.rank() == 2 || w.size(2) <= Grid.MOST_YZ);
  }

  private static void transpose(Gpu gpu, Walk w, Tensor x, Tensor y) {
    int rows = w.size(0);
    int columns = w.size(1);
    boolean batched = w.rank() == 3;
    gpu.callByWidth("copy", y.dtype().bytes(), "transpose")
        .tensor(x)
        .tensor(y)
        .i32(rows)
        .i32(columns)
        .i64(w.stride(0, 0))
        .i64(w.stride(1, 1))
        .i64(batched ? w.stride(0, 2) : 0)
        .i64(batched ? w.stride(1, 2) : 0)
        .grid(
            new Grid(
                Math.ceilDiv(columns, TILE),
                Math.ceilDiv(rows, TILE),
                batched ? w.size(2) : 1,
                TILE,
                TILE_ROWS,
                1,
                0));
  }

  /** Every element of {@code y} becomes {@code value}, converted as a constant of its dtype is. */
  static void fill(Gpu gpu, Tensor y, double value) {
    Walk w = Walk.over(y.shape(), y.layout());
    int bytes = y.dtype().bytes();
    long bits = bits(y.dtype(), value);
    if (w.count() > 0 && w.isLinear() && bits == 0) {
      gpu.context().fill(y.address(), (byte) 0, (long) w.count() * bytes);
    } else {
      gpu.callByWidth("copy", bytes, "fill").walk(w).tensor(y).bits(bytes, bits).each(w.count());
    }
  }

  private static long bits(DType dtype, double value) {
    return switch (dtype) {
      case F32 -> Float.floatToRawIntBits((float) value);
      case F64 -> Double.doubleToRawLongBits(value);
      case F16 -> Float.floatToFloat16((float) value);
      case BF16 -> bfloat((float) value);
      case I64, I32, I8, U8 -> (long) value;
      case BOOL -> value != 0 ? 1 : 0;
    };
  }

  /** The upper half of an f32, rounded to nearest even. */
  private static short bfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    boolean nan = Float.isNaN(value);
    return (short) (nan ? bits >>> 16 | 0x40 : bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
  }

  /**
   * Runs {@code body} with a tensor of the elements of {@code x} in {@code layout}: itself, or a
   * copy.
   */
  static void in(Gpu gpu, Layout layout, Tensor x, Consumer<Tensor> body) {
    if (sameOrder(x.layout(), layout)) {
      body.accept(x);
    } else {
      try (Scratch copy = Scratch.of(gpu, x.dtype(), layout)) {
        copy(gpu, x, copy.tensor());
        body.accept(copy.tensor());
      }
    }
  }

  /** Whether the elements of both are in the same order, one after another. */
  static boolean sameOrder(Layout a, Layout b) {
    return Walk.over(a.shape(), a, b).isLinear();
  }
}
