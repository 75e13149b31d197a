package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;

import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
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

  /** The loops; not final so that they are not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle run = KernelTemplate.entry(SoftmaxRows.class, "run");

  private static MethodHandle rest = KernelTemplate.entry(SoftmaxRows.class, "rest");

  /** The largest element of each row taken, and behind them that of the row that follows. */
  final float[] max = new float[MOST + 1];

  /** The sum of the exponentials of each row taken. */
  final double[] sums = new double[MOST];

  /** The same, lane by lane. */
  private final float[] lanes = new float[MOST * COUNT];

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
    max[0] = max[taken];
    taken = (int) Math.min(n > Scratch.CHUNK ? 1 : MOST, (end - x) / (4L * n));
    if (taken > 0) {
      Arrays.fill(max, 1, MOST + 1, Float.NEGATIVE_INFINITY);
      Arrays.fill(sums, 0);
      long e = y == 0 ? Scratch.get().staged(0) : y;
      long eStep = y == 0 ? 0 : 4L * n;
      for (int i = 0; i < n; i += Scratch.CHUNK) {
        piece(4L * i, y == 0 ? e : e + 4L * i, eStep, Math.min(Scratch.CHUNK, n - i));
      }
    }
    return taken;
  }

  /** A piece of each row taken, from byte {@code at} on, and of the row behind each. */
  private void piece(long at, long e, long eStep, int size) {
    long step = 4L * n;
    int whole = size & -COUNT;
    long tail = 4L * whole;
    int few = size - whole;
    try {
      run.invokeExact(x + at, end - step + at, step, e, eStep, whole, few, taken, max, lanes);
      if (few > 0) {
        rest.invokeExact(x + at + tail, step, e + tail, eStep, few, taken, max, lanes);
      }
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
    for (int k = 0; k < COUNT; k++) {
      for (int r = 0; r < taken; r++) {
        sums[r] += lanes[r * COUNT + k];
      }
    }
  }

  private static float largest(float largest, long at, int n) {
    for (int i = 0; i < n; i++) {
      float v = Native.getFloat(at + 4L * i);
      largest = v > largest ? v : largest;
    }
    return largest;
  }

  /**
   * Takes in the {@code n} elements of each of some rows, {@code step} bytes apart, that fill
   * vectors, and looks at those and {@code few} more of the row behind each. Behind the row at
   * {@code last} there is none to look for.
   */
  static void run(
      long x,
      long last,
      long step,
      long y,
      long yStep,
      int n,
      int few,
      int rows,
      float[] max,
      float[] sums) {
    for (int r = 0; r < rows; r++) {
      long next = Math.min(x + step, last);
      FloatVector shift = Simd.broadcast(max[r]);
      FloatVector best = Simd.broadcast(max[r + 1]);
      FloatVector sum = Simd.zero();
      for (int i = 0; i < n; i += COUNT) {
        FloatVector ahead = Simd.load(next + 4L * i);
        // NaN is not larger than anything; its exponential makes the sum NaN.
        best = best.blend(ahead, ahead.compare(VectorOperators.GT, best));
        FloatVector e = FloatMath.expDownward(Simd.load(x + 4L * i).sub(shift));
        sum = sum.add(e);
        Simd.store(e, y + 4L * i);
      }
      Simd.known(sum).intoArray(sums, r * COUNT);
      max[r + 1] = largest(largest(best), next + 4L * n, few);
      x = next;
      y += yStep;
    }
  }

  /** The last elements of rows, {@code n} of each, which are less than a vector. */
  static void rest(
      long x, long step, long y, long yStep, int n, int rows, float[] max, float[] sums) {
    VectorMask<Float> lanes = Simd.first(n);
    for (int r = 0; r < rows; r++) {
      FloatVector e = FloatMath.expDownward(Simd.load(x + r * step, lanes).sub(max[r]));
      Simd.store(e, y + r * yStep, lanes);
      FloatVector sum = Simd.load(sums, r * COUNT);
      sum.add(e, lanes).intoArray(sums, r * COUNT);
    }
  }

  /**
   * The largest lane of {@code v}, which has no NaN, found among integers in the same order: of
   * floats, C2 would compare the signs of zeros and look for NaN in each step.
   */
  private static float largest(FloatVector v) {
    IntVector bits = v.reinterpretAsInts();
    IntVector negative = bits.lanewise(VectorOperators.ASHR, 31).and(Integer.MAX_VALUE);
    int most = bits.lanewise(VectorOperators.XOR, negative).reduceLanes(VectorOperators.MAX);
    return Float.intBitsToFloat(most ^ (most >> 31 & Integer.MAX_VALUE));
  }
}
