package dev.manabi.kernels.cpu;

import org.jspecify.annotations.Nullable;

/** The f32 matrix product {@code C (+)= A * B}, whose innermost loop is {@link Tile}. */
final class Gemm extends PackedProduct {
  private static final Form FORM =
      new Form(Float.BYTES, Tiles.ROWS, Tiles.COLUMNS, RowBlock.DEPTH, 1 << 21, 8, 64L * 64 * 32);

  /** A row-major B of at most this many floats is read where it is, if few rows of A want it. */
  private static final long IN_PLACE = 1 << 16;

  /** Turning over what is packed pays for a product of so many rows... */
  private static final int MANY_ROWS = 4 * Tiles.ROWS;

  /** ...columns and depths. */
  private static final int MANY = 256;

  private final Matrix a;
  private final ColumnSource b;
  private final Target target;

  /** The target while k is not at its end. */
  private final Target unfinished;

  private final int end;
  private final long ticket = RowBlock.ticket();

  private Gemm(int m, int n, int k, Matrix a, ColumnSource b, Target target) {
    super(FORM, m, n, k, RowBlock.rows(k));
    this.a = a;
    this.b = b;
    this.target = target;
    unfinished = target.unfinished();
    end = k;
  }

  /**
   * Computes {@code C = A * B + bias}, or {@code C += A * B}, and the target's epilogue.
   *
   * @param target an {@code m x n} matrix of any strides that overlaps neither operand
   * @param onto whether to add to what C holds, in place of the bias
   */
  static void multiply(int m, int n, int k, Matrix a, ColumnSource b, Target target, boolean onto) {
    if (m > 0 && RowDots.takes(m, k, a, b)) {
      RowDots.multiply(m, n, k, a, (Matrix) b, target, onto);
    } else {
      new Gemm(m, n, k, a, b, target).run(k, onto);
    }
  }

  @Override
  PackedProduct part(long c, int depth) {
    return new Gemm(m, n, depth, a, b, Target.of(new Matrix(c, n, 1)));
  }

  @Override
  void combine(long partial, int slices, boolean onto) {
    long size = (long) m * n * Float.BYTES;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        long to = target.c().at(i, j);
        long at = partial + ((long) i * n + j) * Float.BYTES;
        float sum = onto ? Native.getFloat(to) : target.biasAt(j);
        for (int s = 0; s < slices; s++) {
          sum += Native.getFloat(at + s * size);
        }
        Native.putFloat(to, target.epilogue().of(sum, to));
      }
    }
  }

  @Override
  void packColumns(int first, int count, int from, int depth, long to) {
    b.packColumns(first, count, from, depth, to);
  }

  @Override
  @Nullable Panels inPlace(int from, int depth) {
    boolean fits = (long) depth * n <= IN_PLACE || m <= 2 * Tiles.ROWS;
    return fits && b instanceof Matrix matrix && matrix.columnStride() == 1
        ? Panels.inPlace(matrix.at(from, 0), matrix.rowStride() * Float.BYTES, n)
        : null;
  }

  @Override
  void multiply(int top, int rows, int k, int depth, Panels b, int column, boolean onto) {
    boolean turned = a.columnStride() == 1 && m >= MANY_ROWS && n >= MANY && depth >= MANY;
    Left left = RowBlock.get().pack(ticket, a, turned, top, rows, k, depth);
    Target to = (k + depth == end ? target : unfinished).columnsFrom(column);
    RowBlock.multiply(left, rows, b, to, top, onto);
  }
}
