package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.LE;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/** Copies of adjacent and of evenly spaced numbers, the loops with which operands are packed. */
final class Runs {
  private static final int LANES = Simd.F32.length();
  private static final int DOUBLES = Simd.F64.length();

  private Runs() {}

  /** {@code n} adjacent numbers. */
  static void copy(long from, float[] dst, int at, int n) {
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      Simd.load(from + (long) i * Float.BYTES).intoArray(dst, at + i);
    }
    for (; i < n; i++) {
      dst[at + i] = Native.getFloat(from + (long) i * Float.BYTES);
    }
  }

  /** {@code n} adjacent numbers of f64. */
  static void copy(long from, double[] dst, int at, int n) {
    int i = 0;
    for (; i <= n - DOUBLES; i += DOUBLES) {
      long place = Native.at(from + (long) i * Double.BYTES);
      DoubleVector.fromMemorySegment(Simd.F64, Native.ALL, place, Native.ORDER)
          .intoArray(dst, at + i);
    }
    for (; i < n; i++) {
      dst[at + i] = Native.getDouble(from + (long) i * Double.BYTES);
    }
  }

  /** {@code n} adjacent numbers. */
  static void copy(long from, long to, int n) {
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      Simd.store(Simd.load(from + (long) i * Float.BYTES), to + (long) i * Float.BYTES);
    }
    for (; i < n; i++) {
      Native.putFloat(to + (long) i * Float.BYTES, Native.getFloat(from + (long) i * Float.BYTES));
    }
  }

  /**
   * Adjacent numbers in pieces of {@code size}, which go to places {@code pitch} elements apart.
   * Whole vectors are copied, so that behind a piece less than a vector is read and written.
   */
  static void split(long from, int size, int pieces, float[] dst, int at, int pitch) {
    for (int p = 0; p < pieces; p++) {
      long source = from + (long) p * size * Float.BYTES;
      for (int i = 0; i < size; i += LANES) {
        Simd.load(source + (long) i * Float.BYTES).intoArray(dst, at + p * pitch + i);
      }
    }
  }

  /** {@code n} numbers {@code step} bytes apart. */
  static void gather(long from, long step, float[] dst, int at, int n) {
    for (int i = 0; i < n; i++) {
      dst[at + i] = Native.getFloat(from + i * step);
    }
  }

  /** {@code n} numbers {@code step} bytes apart. */
  static void gather(long from, long step, long to, int n) {
    for (int i = 0; i < n; i++) {
      Native.putFloat(to + (long) i * Float.BYTES, Native.getFloat(from + i * step));
    }
  }

  /** {@code n} adjacent numbers to places {@code step} bytes apart. */
  static void scatter(long from, long to, long step, int n) {
    for (int i = 0; i < n; i++) {
      Native.putFloat(to + i * step, Native.getFloat(from + (long) i * Float.BYTES));
    }
  }

  /** {@code n} zeros. */
  static void clear(long to, long n) {
    Moves.fill(Float.BYTES, 0, to, n);
  }

  /** {@code n} zeros. */
  static void clear(float[] dst, int at, int n) {
    Arrays.fill(dst, at, at + n, 0f);
  }

  /** {@code to += from}, {@code n} adjacent numbers each. */
  static void add(long from, long to, long n) {
    long i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector sum = Simd.load(to + i * Float.BYTES).add(Simd.load(from + i * Float.BYTES));
      Simd.store(sum, to + i * Float.BYTES);
    }
    for (; i < n; i++) {
      long at = to + i * Float.BYTES;
      Native.putFloat(at, Native.getFloat(at) + Native.getFloat(from + i * Float.BYTES));
    }
  }

  /** {@code to = max(to, 0)}, {@code n} adjacent numbers; a NaN stays. */
  static void relu(long to, long n) {
    long i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector v = Simd.load(to + i * Float.BYTES);
      Simd.store(v.blend(0f, v.compare(LE, 0f)), to + i * Float.BYTES);
    }
    for (; i < n; i++) {
      long at = to + i * Float.BYTES;
      float value = Native.getFloat(at);
      Native.putFloat(at, value <= 0 ? 0 : value);
    }
  }
}
