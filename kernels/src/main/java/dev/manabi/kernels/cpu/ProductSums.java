package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;

import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import jdk.incubator.vector.VectorOperators;

/**
 * Sums of the elements of one tensor and of their products with those of another, in one look: what
 * the statistics of a norm and the sums of its gradient need. They are kept in f64, where the
 * product of two f32 numbers is exact: so the variance may be taken as the mean of squares less the
 * square of the mean, and still has more digits than f32 unless the mean is 10,000 times the
 * deviation, when f32 cannot tell the elements themselves well apart.
 *
 * @param a address of the first tensor
 * @param b address of the second
 * @param y for {@link Kind#MASKED}, the tensor that masks; else anything
 * @param out for {@link Kind#MASKED}, where the masked first tensor is written; else anything
 */
record ProductSums(Kind kind, long a, long b, long y, long out) implements Partial {
  /** What is summed. */
  enum Kind {
    /** {@code a} and {@code a * a}. */
    SQUARES,
    /** {@code a} and {@code a * b}. */
    PRODUCTS,
    /** The same, where an element of {@code a} counts only if that of {@code y} is positive. */
    MASKED
  }

  private static final ProductSumLoops SQUARES = loops(Kind.SQUARES);
  private static final ProductSumLoops PRODUCTS = loops(Kind.PRODUCTS);

  /** {@code y > 0 ? x : 0}. In the loop of sums, it would be too much for C2 to keep whole. */
  private static final FormulaKernel MASK =
      Formula.kernel(
          0, 0, (x, y, p, q, r, s) -> Simd.zero().blend(x, y.compare(VectorOperators.GT, 0f)));

  private static final float[] NONE = {};

  /** Not final so that loops are not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle columns = KernelTemplate.entry(ProductSumLoops.class, "columns");

  private static ProductSumLoops loops(Kind kind) {
    return KernelTemplate.copy(ProductSumLoops.class, ProductSumLoop.class, kind);
  }

  /** Masks {@code n} neighbouring elements; their sums then find them in cache. */
  private void mask(long element, long n) {
    if (kind == Kind.MASKED) {
      long at = 4 * element;
      MASK.run(a + at, y + at, out + at, n, NONE, NONE, 0, 0);
    }
  }

  /** Sums of {@code x} and of its squares. */
  static ProductSums squares(long x) {
    return new ProductSums(Kind.SQUARES, x, x, x, x);
  }

  @Override
  public int width() {
    return 2;
  }

  @Override
  public long address(long element) {
    return a + 4 * element;
  }

  @Override
  public void run(long element, long n, int kept, double[] into, int plane, int at) {
    mask(element, n);
    // A row is a few columns, whose sums are then joined.
    double[] sums = Scratch.get().sums;
    Arrays.fill(sums, 0);
    long whole = n - n % COUNT;
    separate(element, whole / COUNT, COUNT, COUNT, sums, COUNT, 0);
    if (whole < n) {
      separate(element + whole, 1, COUNT, (int) (n - whole), sums, COUNT, 0);
    }
    for (int k = 0; k < COUNT; k++) {
      into[at] += sums[k];
      into[plane + at] += sums[COUNT + k];
    }
  }

  @Override
  public void columns(
      long element, long rows, long stride, int cols, int kept, double[] into, int plane, int at) {
    if (stride == cols) {
      mask(element, rows * cols);
    } else {
      for (long r = 0; r < rows; r++) {
        mask(element + r * stride, cols);
      }
    }
    int together = ColumnGroups.together(rows, stride, cols);
    if (together == 1) {
      separate(element, rows, stride, cols, into, plane, at);
      return;
    }
    int wide = together * cols;
    long folded = rows / together;
    double[] sums = new double[2 * wide];
    separate(element, folded, wide, wide, sums, wide, 0);
    for (int k = 0; k < together; k++) {
      join(into, plane, at, sums, wide, k * cols, cols);
    }
    separate(element + folded * wide, rows - folded * together, stride, cols, into, plane, at);
  }

  /** Every column in a lane of its own. */
  private void separate(
      long element, long rows, long stride, int cols, double[] into, int plane, int at) {
    ProductSumLoops loops = kind == Kind.SQUARES ? SQUARES : PRODUCTS;
    long terms = (kind == Kind.MASKED ? out : a) + 4 * element;
    try {
      columns.invokeExact(loops, terms, b + 4 * element, rows, stride, cols, into, plane, at);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  @Override
  public void clear(double[] into, int plane, int i, int n) {
    Arrays.fill(into, i, i + n, 0);
    Arrays.fill(into, plane + i, plane + i + n, 0);
  }

  @Override
  public void join(double[] into, int plane, int i, double[] from, int fromPlane, int j, int n) {
    Fold.SUM.join(into, i, from, j, n);
    Fold.SUM.join(into, plane + i, from, fromPlane + j, n);
  }
}
