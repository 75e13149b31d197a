package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Vectors.COUNT;
import static dev.manabi.kernels.cpu.Vectors.F32;

import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The largest element and the sum of exponentials of one row after another. While the exponentials
 * of a row are computed, the largest element of the next one is looked for: so memory delivers a
 * row while the arithmetic of another goes on, and a row is read from memory once.
 */
final class SoftmaxRows {
  /** Most rows that are taken at once. */
  static final int MOST = 4;

  /** Not final so that the loop is not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle run = KernelTemplate.entry(SoftmaxRows.class, "run");

  /** The largest element of each row taken, and behind them that of the row that follows. */
  final float[] max = new float[MOST + 1];

  /** The sum of the exponentials of each row taken. */
  final double[] sums = new double[MOST];

  private final double[] room = new double[COUNT];
  private final int n;
  private final long end;
  private long x;
  private int taken;

  /**
   * Of rows of {@code n} elements, from the one at {@code x} to the address {@code end}, of which
   * there is at least one.
   */
  SoftmaxRows(int n, long x, long end) {
    this.n = n;
    this.x = x;
    this.end = end;
    max[0] = (float) Fold.MAX.run(x, n);
  }

  /** Rows that make a task, of {@code rows}: enough that looking ahead pays. */
  static long grain(long rows, int n) {
    return Math.max(Reduction.BLOCK / Math.max(1, n), Math.min(2L * MOST, Math.ceilDiv(rows, 16)));
  }

  /**
   * Takes the next rows and tells how many, 0 after the last.
   *
   * @param y where {@code exp(x - max)} is written, or 0 for nowhere
   */
  int take(long y) {
    x += 4L * taken * n;
    max[0] = taken == 0 ? max[0] : max[taken];
    int atOnce = Math.clamp(Scratch.CHUNK / n, 1, MOST);
    taken = (int) Math.min(atOnce, (end - x) / (4L * n));
    Arrays.fill(max, 1, MOST + 1, Float.NEGATIVE_INFINITY);
    Arrays.fill(sums, 0);
    if (taken > 0) {
      long last = end - 4L * n;
      long written = y == 0 ? Scratch.get().staged(0) : y;
      for (int i = 0; i < n; i += Scratch.CHUNK) {
        int piece = Math.min(Scratch.CHUNK, n - i);
        call(x + 4L * i, last + 4L * i, y == 0 ? written : y + 4L * i, piece);
      }
    }
    return taken;
  }

  private void call(long from, long last, long y, int piece) {
    try {
      run.invokeExact(from, last, 4L * n, y, piece, taken, max, sums, room);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  /**
   * Takes in {@code n} elements of each of some rows, {@code step} bytes apart; behind the one at
   * {@code last} there is none to look for.
   */
  static void run(
      long x,
      long last,
      long step,
      long y,
      int n,
      int rows,
      float[] max,
      double[] sums,
      double[] room) {
    FloatVector low = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
    for (int r = 0; r < rows; r++) {
      long next = Math.min(x + step, last);
      FloatVector shift = FloatVector.broadcast(F32, max[r]);
      FloatVector best = low;
      FloatVector sum = FloatVector.zero(F32);
      for (int i = 0; i < n; i += COUNT) {
        VectorMask<Float> lanes = Vectors.first(Math.min(COUNT, n - i));
        FloatVector ahead = low.blend(Vectors.load(next + 4L * i, lanes), lanes);
        FloatVector v = low.blend(Vectors.load(x + 4L * i, lanes), lanes);
        // NaN is not larger than anything; its exponential makes the sum NaN.
        best = best.blend(ahead, ahead.compare(VectorOperators.GT, best));
        FloatVector e = FloatMath.expDownward(v.sub(shift));
        sum = sum.add(e);
        Vectors.store(e, y + 4L * i, lanes);
      }
      sums[r] += Vectors.sum(Vectors.low(sum).add(Vectors.high(sum)), room);
      max[r + 1] = Math.max(max[r + 1], best.reduceLanes(VectorOperators.MAX));
      x = next;
      y += 4L * n;
    }
  }
}
