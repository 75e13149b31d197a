package dev.manabi.kernels.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Copies between native memory and packed panels, the loops that all operands share. */
final class Panels {
  private static final int LANES = Simd.F32.length();

  private Panels() {}

  /** {@code n} adjacent numbers. */
  static void copyRun(long from, float[] dst, int at, int n) {
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      Simd.load(from + (long) i * Float.BYTES).intoArray(dst, at + i);
    }
    for (; i < n; i++) {
      dst[at + i] = Native.getFloat(from + (long) i * Float.BYTES);
    }
  }

  /**
   * {@code n} numbers that lie {@code step} bytes apart in memory and {@code pitch} apart in dst.
   */
  static void copyStrided(long from, long step, float[] dst, int at, int pitch, int n) {
    for (int i = 0; i < n; i++) {
      dst[at + i * pitch] = Native.getFloat(from + i * step);
    }
  }

  /**
   * A block turned over: {@code rows} rows of {@code n} adjacent numbers, {@code rowBytes} apart,
   * become columns {@code pitch} apart. Four rows at a time share the loop's overhead.
   */
  static void transpose(long from, long rowBytes, int rows, int n, float[] dst, int at, int pitch) {
    int r = 0;
    for (; r <= rows - 4; r += 4) {
      long p = from + r * rowBytes;
      for (int i = 0; i < n; i++) {
        int d = at + i * pitch + r;
        long q = p + (long) i * Float.BYTES;
        dst[d] = Native.getFloat(q);
        dst[d + 1] = Native.getFloat(q + rowBytes);
        dst[d + 2] = Native.getFloat(q + 2 * rowBytes);
        dst[d + 3] = Native.getFloat(q + 3 * rowBytes);
      }
    }
    for (; r < rows; r++) {
      copyStrided(from + r * rowBytes, Float.BYTES, dst, at + r, pitch, n);
    }
  }

  /** Zeros the columns of a panel that the matrix does not have. */
  static void clearTail(float[] dst, int at, int columns, int depth) {
    if (columns < Tiles.COLUMNS) {
      for (int k = 0; k < depth; k++) {
        int row = at + k * Tiles.COLUMNS;
        Arrays.fill(dst, row + columns, row + Tiles.COLUMNS, 0f);
      }
    }
  }

  /** {@code to += from}, {@code n} adjacent numbers each. */
  static void addRun(long from, long to, long n) {
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
}
