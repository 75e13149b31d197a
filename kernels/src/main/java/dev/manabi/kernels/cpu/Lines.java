package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import java.util.Arrays;

/**
 * Ops that read a line of a tensor from its beginning to its end: running sums, positions of
 * extremes, sorting. Lines run along the axis of an {@link AxisView}, and are spread over threads.
 */
final class Lines {
  private Lines() {}

  /** Running sums, kept in f64. */
  static void cumSum(AxisView view, boolean reverse, long x, long y) {
    long step = 4 * view.inner() * (reverse ? -1 : 1);
    long first = reverse ? 4 * view.inner() * (view.size() - 1) : 0;
    Parallel.forRange(
        view.lines(),
        view.grain(),
        (from, to) -> {
          for (long line = from; line < to; line++) {
            long at = 4 * view.start(line, view.size()) + first;
            double sum = 0;
            for (int i = 0; i < view.size(); i++, at += step) {
              sum += Native.getFloat(x + at);
              Native.putFloat(y + at, (float) sum);
            }
          }
        });
  }

  /** Positions of the extremes; {@code y} is i64 with the axis removed. */
  static void argReduce(AxisView view, boolean max, long x, long y) {
    Parallel.forRange(
        view.lines(),
        view.grain(),
        (from, to) -> {
          for (long line = from; line < to; line++) {
            long at = x + 4 * view.start(line, view.size());
            Native.putLong(y + 8 * line, best(max, at, 4 * view.inner(), view.size()));
          }
        });
  }

  /** The first position of the extreme element, or of NaN. */
  private static int best(boolean max, long x, long step, int n) {
    int best = 0;
    float value = Native.getFloat(x);
    for (int i = 1; i < n && !Float.isNaN(value); i++) {
      float v = Native.getFloat(x + i * step);
      if ((max ? v > value : v < value) || Float.isNaN(v)) {
        best = i;
        value = v;
      }
    }
    return best;
  }

  /** Can elements of this type be sorted here? */
  static boolean sorts(DType dtype) {
    return dtype != DType.F64 && dtype != DType.I64;
  }

  /** The positions of the first {@code k} elements in the order asked for; {@code y} is i64. */
  static void argSort(AxisView view, int k, boolean descending, DType dtype, long x, long y) {
    Parallel.forRange(
        view.lines(),
        view.grain(),
        (from, to) -> {
          long[] keys = new long[view.size()];
          for (long line = from; line < to; line++) {
            long at = x + dtype.bytes() * view.start(line, view.size());
            readKeys(keys, descending, dtype, at, dtype.bytes() * view.inner());
            long[] sorted = smallest(keys, k);
            long to8 = y + 8 * view.start(line, k);
            for (int j = 0; j < k; j++) {
              Native.putLong(to8 + 8 * j * view.inner(), sorted[j] & Integer.MAX_VALUE);
            }
          }
        });
  }

  /**
   * One number for each element that orders as the element does, and equal ones by position: the
   * element's rank in the upper half, its position in the lower.
   */
  private static void readKeys(long[] keys, boolean descending, DType dtype, long x, long step) {
    for (int i = 0; i < keys.length; i++) {
      int rank = rank(dtype, x + i * step);
      keys[i] = (long) (descending ? ~rank : rank) << 32 | i;
    }
  }

  private static int rank(DType dtype, long at) {
    return switch (dtype) {
      case F32 -> rank(Native.getFloat(at));
      case F16 -> rank(Float.float16ToFloat(Native.getShort(at)));
      case BF16 -> rank(Float.intBitsToFloat(Native.getShort(at) << 16));
      case I32 -> Native.getInt(at);
      case I8, BOOL -> Native.getByte(at);
      case U8 -> Native.getByte(at) & 0xFF;
      case F64, I64 -> throw new IllegalArgumentException("no 32-bit rank for " + dtype);
    };
  }

  /** An int that orders as floats do, with NaN on top and -0 equal to 0. */
  static int rank(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }

  /** The {@code k} smallest keys, sorted; {@code keys} may be reordered. */
  private static long[] smallest(long[] keys, int k) {
    if (k > keys.length / 8) {
      Arrays.sort(keys);
      return keys;
    }
    long[] heap = Arrays.copyOf(keys, k);
    Arrays.sort(heap);
    reverse(heap);
    for (int i = k; i < keys.length && k > 0; i++) {
      if (keys[i] < heap[0]) {
        replaceLargest(heap, keys[i]);
      }
    }
    Arrays.sort(heap);
    return heap;
  }

  private static void reverse(long[] a) {
    for (int i = 0, j = a.length - 1; i < j; i++, j--) {
      long v = a[i];
      a[i] = a[j];
      a[j] = v;
    }
  }

  /** Puts {@code key} into a heap in place of its root, which is the largest. */
  private static void replaceLargest(long[] heap, long key) {
    int at = 0;
    for (int child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1] > heap[child]) {
        child++;
      }
      if (heap[child] <= key) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = key;
  }
}
