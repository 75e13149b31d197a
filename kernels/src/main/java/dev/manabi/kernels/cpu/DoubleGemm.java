package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.DoubleTile.COLUMNS;
import static dev.manabi.kernels.cpu.DoubleTile.DEPTH;
import static dev.manabi.kernels.cpu.DoubleTile.PITCH;
import static dev.manabi.kernels.cpu.DoubleTile.ROWS;

import org.jspecify.annotations.Nullable;

/** The f64 matrix product {@code C (+)= A * B}, whose innermost loop is {@link DoubleTile}. */
final class DoubleGemm extends PackedProduct {
  /** Most rows of A that are packed at a time. */
  private static final int BLOCK = 8 * ROWS;

  /** Panels that meet all rows before the next do: half of an L2 cache. */
  private static final int TOGETHER = 16;

  /** Of B 2 MiB are packed at a time, about an L2 cache. */
  private static final Form FORM =
      new Form(Double.BYTES, ROWS, COLUMNS, DEPTH, 1 << 18, 1, 64L * 64 * 16);

  private static final ThreadLocal<double[]> LEFT =
      ThreadLocal.withInitial(() -> new double[BLOCK * PITCH]);

  private final DoubleSource a;
  private final DoubleSource b;
  private final DoubleMatrix c;

  private DoubleGemm(int m, int n, int k, DoubleSource a, DoubleSource b, DoubleMatrix c) {
    super(FORM, m, n, k, BLOCK);
    this.a = a;
    this.b = b;
    this.c = c;
  }

  /**
   * Computes {@code C = A * B}, or {@code C += A * B}.
   *
   * @param c an {@code m x n} matrix of any strides that overlaps neither operand
   * @param onto whether to add to what C holds
   */
  static void multiply(
      int m, int n, int k, DoubleSource a, DoubleSource b, DoubleMatrix c, boolean onto) {
    DoubleTile.prepare();
    new DoubleGemm(m, n, k, a, b, c).run(k, onto);
  }

  @Override
  PackedProduct part(long address, int depth) {
    return new DoubleGemm(m, n, depth, a, b, new DoubleMatrix(address, n, 1));
  }

  @Override
  void combine(long partial, int slices, boolean onto) {
    long size = (long) m * n * Double.BYTES;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        long to = c.at(i, j);
        long at = partial + ((long) i * n + j) * Double.BYTES;
        double sum = onto ? Native.getDouble(to) : 0;
        for (int s = 0; s < slices; s++) {
          sum += Native.getDouble(at + s * size);
        }
        Native.putDouble(to, sum);
      }
    }
  }

  @Override
  void packColumns(int first, int count, int from, int depth, long to) {
    b.packColumns(first, count, from, depth, to);
  }

  @Override
  @Nullable Panels inPlace(int from, int depth) {
    return null;
  }

  @Override
  void multiply(int top, int rows, int k, int depth, Panels b, int column, boolean onto) {
    double[] left = LEFT.get();
    a.packRows(top, rows, k, depth, left);
    int panels = Math.ceilDiv(b.columns(), COLUMNS);
    for (int from = 0; from < panels; from += TOGETHER) {
      for (int i = 0; i < rows; i += ROWS) {
        for (int p = from; p < Math.min(panels, from + TOGETHER); p++) {
          int at = p * COLUMNS;
          DoubleTile.run(
              left,
              i * PITCH,
              b.at(p),
              depth,
              c,
              top + i,
              Math.min(ROWS, rows - i),
              column + at,
              Math.min(COLUMNS, b.columns() - at),
              onto);
        }
      }
    }
  }
}
