package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.LANES;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import jdk.incubator.vector.FloatVector;

/**
 * The product of a few rows with a transposed matrix, as when a linear layer sees a few samples:
 * each element is the sum of products of two rows that are read where they lie. Packing the matrix
 * would take longer than multiplying.
 */
final class RowDots {
  /** Rows on the left for which this is faster than {@link Gemm} by way of packed panels. */
  private static final int FEW = 8;

  /** Rows on the right that are read at a time. */
  private static final int TOGETHER = 4;

  /** Multiplications that are worth a task. */
  private static final int GRAIN = 1 << 15;

  /** Shorter rows are mostly overhead. */
  private static final int SHORT = 64;

  private static final long VECTOR_BYTES = (long) LANES * Float.BYTES;

  private static final ThreadLocal<MemorySegment> SUMS =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(TOGETHER * VECTOR_BYTES, 64));

  /** Not final so that the loop is not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle run = KernelTemplate.entry(RowDots.class, "run");

  private RowDots() {}

  /** Whether a product of {@code m} rows is one for {@link #multiply}. */
  static boolean takes(int m, int k, Matrix a, ColumnSource b) {
    return m <= FEW
        && k >= SHORT
        && a.columnStride() == 1
        && b instanceof Matrix right
        && right.rowStride() == 1
        && right.columnStride() != 1;
  }

  /** As {@link Gemm#multiply}. */
  static void multiply(int m, int n, int k, Matrix a, Matrix b, Target target, boolean add) {
    if (Rehearsal.isDue(RowDots.class)) {
      rehearse();
    }
    long perTask = Math.max(1, GRAIN / ((long) m * k * TOGETHER));
    Parallel.forRange(
        n,
        perTask * TOGETHER,
        (from, to) -> {
          for (int j = (int) from; j < to; j += TOGETHER) {
            int count = (int) Math.min(TOGETHER, to - j);
            for (int i = 0; i < m; i++) {
              dots(k, a.at(i, 0), b.at(0, j), b.columnStride(), count, target, i, j, add);
            }
          }
        });
  }

  /** {@code count} elements of row {@code i} of C. */
  private static void dots(
      int k, long a, long b, long stride, int count, Target target, int i, int j, boolean add) {
    long sums = SUMS.get().address();
    long step = stride * Float.BYTES;
    int whole = k - k % LANES;
    // Where rows are missing, the last one is taken again.
    call(
        a,
        b,
        b + Math.min(1, count - 1) * step,
        b + Math.min(2, count - 1) * step,
        b + (count - 1) * step,
        whole,
        sums);
    for (int r = 0; r < count; r++) {
      long to = target.c().at(i, j + r);
      float sum = add ? Native.getFloat(to) : target.biasAt(j + r);
      for (int lane = 0; lane < LANES; lane++) {
        sum += Native.getFloat(sums + r * VECTOR_BYTES + (long) lane * Float.BYTES);
      }
      for (long at = (long) whole * Float.BYTES; at < (long) k * Float.BYTES; at += Float.BYTES) {
        sum = Math.fma(Native.getFloat(a + at), Native.getFloat(b + r * step + at), sum);
      }
      Native.putFloat(to, target.epilogue().of(sum, to));
    }
  }

  private static void call(long a, long b, long c, long d, long e, int k, long sums) {
    try {
      run.invokeExact(a, b, c, d, e, k, sums);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  /** The sums of products of {@code k} numbers from {@code a} on with those of four other rows. */
  static void run(long a, long b, long c, long d, long e, int k, long sums) {
    FloatVector sumB = Simd.zero();
    FloatVector sumC = sumB;
    FloatVector sumD = sumB;
    FloatVector sumE = sumB;
    for (int i = 0; i < k; i += LANES) {
      long at = (long) i * Float.BYTES;
      FloatVector v = Simd.load(a + at);
      sumB = v.fma(Simd.load(b + at), sumB);
      sumC = v.fma(Simd.load(c + at), sumC);
      sumD = v.fma(Simd.load(d + at), sumD);
      sumE = v.fma(Simd.load(e + at), sumE);
    }
    Simd.store(sumB, sums);
    Simd.store(sumC, sums + VECTOR_BYTES);
    Simd.store(sumD, sums + 2 * VECTOR_BYTES);
    Simd.store(sumE, sums + 3 * VECTOR_BYTES);
  }

  private static void rehearse() {
    try (Arena arena = Arena.ofConfined()) {
      long x = arena.allocate(2 * VECTOR_BYTES, 64).address();
      long sums = arena.allocate(TOGETHER * VECTOR_BYTES, 64).address();
      Rehearsal.of(RowDots.class, () -> call(x, x, x, x, x, 2 * LANES, sums));
    }
  }
}
