package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.LinalgOp;
import java.lang.foreign.Arena;
import java.util.function.LongConsumer;

/** {@link LinalgOp} on f32 and f64. */
final class Products {
  /** Batches of products smaller than this are shared out whole. */
  private static final long SMALL = 128L * 128 * 128;

  private Products() {}

  static void run(LinalgOp op, Tensor[] in, Tensor[] out) {
    if (!out[0].dtype().isFloating() || Widened.concerns(in)) {
      CpuBackend.reference(op, in, out);
      return;
    }
    switch (op) {
      case LinalgOp.MatMul o -> Batch.of(in[0], in[1], out[0]).multiply();
      case LinalgOp.Linear o -> linear(o, in, out[0]);
    }
  }

  private static void linear(LinalgOp.Linear op, Tensor[] in, Tensor out) {
    try (var operands = new Operands()) {
      // A residual is to lie as y does.
      linear(op, in, in.length > 3 ? operands.rowMajorTarget(out) : out, operands);
    }
  }

  private static void linear(LinalgOp.Linear op, Tensor[] in, Tensor y, Operands operands) {
    Tensor x = flat(in[0]);
    Tensor weight = in[1].withLayout(in[1].layout().permute(dev.manabi.tensor.Ints.of(1, 0)));
    Tensor flatY = flat(y);
    boolean merged = x.rank() == 2 && flatY.rank() == 2;
    Batch batch = merged ? Batch.of(x, weight, flatY) : Batch.of(in[0], weight, y);
    if (y.dtype() == DType.F64) {
      if (in.length > 2) {
        Copies.run(in[2], y);
      }
      batch.multiplyDoubles(in.length > 2);
      finishDoubles(in, op.relu(), y);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      long bias = in.length < 3 ? 0 : adjacent(in[2], arena);
      batch.multiply(bias, Epilogue.of(in, y, op.relu(), operands));
    }
  }

  /** {@link Epilogue} of an op on f64, as passes over {@code y}. */
  static void finishDoubles(Tensor[] in, boolean relu, Tensor y) {
    if (in.length > 3) {
      Elementwise.run(new Binary(BinaryFn.ADD), new Tensor[] {y, in[3]}, y);
    }
    if (relu) {
      Elementwise.run(new Unary(UnaryFn.RELU), new Tensor[] {y}, y);
    }
  }

  /** The tensor with its leading dimensions merged into one, if its strides allow it. */
  private static Tensor flat(Tensor t) {
    int columns = t.size(-1);
    int rows = columns == 0 ? 0 : (int) (t.numel() / columns);
    Layout merged = columns == 0 ? null : t.layout().reshape(Shape.of(rows, columns));
    return merged == null ? t : t.withLayout(merged);
  }

  /** The address of a vector's elements one after another. */
  static long adjacent(Tensor vector, Arena arena) {
    int n = vector.size(0);
    long stride = vector.layout().stride(0);
    if (stride == 1) {
      return vector.address();
    }
    long copy = arena.allocate((long) n * Float.BYTES + Tiles.COLUMN_BYTES, 64).address();
    for (int i = 0; i < n; i++) {
      float value = Native.getFloat(vector.address() + i * stride * Float.BYTES);
      Native.putFloat(copy + (long) i * Float.BYTES, value);
    }
    return copy;
  }

  /** Matrices in the last two dimensions; the leading ones of C count the products. */
  private record Batch(Tensor a, Tensor b, Tensor c, int m, int n, int k, int count) {

    static Batch of(Tensor a, Tensor b, Tensor c) {
      int m = c.size(-2);
      int n = c.size(-1);
      int count = c.numel() == 0 ? 0 : (int) (c.numel() / ((long) m * n));
      return new Batch(a, b, c, m, n, a.size(-1), count);
    }

    void multiply() {
      if (c.dtype() == DType.F64) {
        multiplyDoubles(false);
      } else {
        multiply(0, Epilogue.NONE);
      }
    }

    void multiply(long bias, Epilogue epilogue) {
      forEach(
          i -> {
            Target target = new Target(matrix(c, i), bias, epilogue);
            Gemm.multiply(m, n, k, matrix(a, i), matrix(b, i), target, false);
          });
    }

    /**
     * The same in f64.
     *
     * @param onto whether to add to what C holds
     */
    void multiplyDoubles(boolean onto) {
      forEach(i -> DoubleGemm.multiply(m, n, k, doubles(a, i), doubles(b, i), doubles(c, i), onto));
    }

    private void forEach(LongConsumer product) {
      boolean small = (long) m * n * k < SMALL;
      Parallel.forRange(
          count,
          small ? 1 : Math.max(1, count),
          (from, to) -> {
            for (long i = from; i < to; i++) {
              product.accept(i);
            }
          });
    }

    private Matrix matrix(Tensor t, long i) {
      return new Matrix(address(t, i), t.layout().stride(-2), t.layout().stride(-1));
    }

    private DoubleMatrix doubles(Tensor t, long i) {
      return new DoubleMatrix(address(t, i), t.layout().stride(-2), t.layout().stride(-1));
    }

    /** Where matrix {@code i} of {@code t}, broadcast to the leading dimensions of C, begins. */
    private long address(Tensor t, long i) {
      Layout l = t.layout();
      int skip = c.rank() - l.rank();
      long offset = 0;
      for (int axis = c.rank() - 3; axis >= 0; axis--) {
        int size = c.size(axis);
        if (axis >= skip && l.shape().dim(axis - skip) > 1) {
          offset += i % size * l.stride(axis - skip);
        }
        i /= size;
      }
      return t.address() + offset * t.dtype().bytes();
    }
  }
}
