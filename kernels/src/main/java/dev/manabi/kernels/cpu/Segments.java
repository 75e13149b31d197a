package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import java.util.function.IntPredicate;

/**
 * The dimensions of a dense tensor in memory order, where neighbours that are both kept or both
 * reduced count as one. So every reduction of a dense tensor is a row-major nest of alternately
 * kept and reduced segments: {@code [K, R]} sums rows, {@code [R, K]} columns.
 *
 * @param sizes size of each segment, outermost first; none is 1
 * @param reduced which segments are reduced
 */
record Segments(long[] sizes, boolean[] reduced) {

  /** The segments of a dense layout whose axes in {@code reducedAxes} are reduced. */
  static Segments of(Layout dense, IntPredicate reducedAxes) {
    Ints order = Operands.memoryOrder(dense);
    long[] sizes = new long[order.size()];
    boolean[] reduced = new boolean[order.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = dense.shape().dim(order.get(i));
      reduced[i] = reducedAxes.test(order.get(i));
    }
    return merged(sizes, reduced);
  }

  private static Segments merged(long[] sizes, boolean[] reduced) {
    long[] s = new long[sizes.length];
    boolean[] r = new boolean[sizes.length];
    int n = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == 1) {
        continue;
      }
      if (n > 0 && r[n - 1] == reduced[i]) {
        s[n - 1] *= sizes[i];
      } else {
        s[n] = sizes[i];
        r[n++] = reduced[i];
      }
    }
    return new Segments(java.util.Arrays.copyOf(s, n), java.util.Arrays.copyOf(r, n));
  }

  /** The reduced segment with the largest size, the innermost of equals; -1 if none is left. */
  int largestReduced() {
    int best = -1;
    for (int i = 0; i < sizes.length; i++) {
      if (reduced[i] && (best < 0 || sizes[i] >= sizes[best])) {
        best = i;
      }
    }
    return best;
  }

  /** These segments without segment {@code i}: what is left when it has been reduced. */
  Segments without(int i) {
    long[] s = sizes.clone();
    s[i] = 1;
    return merged(s, reduced);
  }

  /** Number of elements of the segments {@code [from, to)}. */
  long count(int from, int to) {
    long n = 1;
    for (int i = from; i < to; i++) {
      n *= sizes[i];
    }
    return n;
  }

  /** Number of elements. */
  long count() {
    return count(0, sizes.length);
  }

  /**
   * The kept element to which a place belongs.
   *
   * @param place row-major number among the elements of the first {@code n} segments
   */
  long kept(long place, int n) {
    long rest = place;
    long kept = 0;
    long step = 1;
    for (int i = n - 1; i >= 0; i--) {
      if (!reduced[i]) {
        kept += rest % sizes[i] * step;
        step *= sizes[i];
      }
      rest /= sizes[i];
    }
    return kept;
  }
}
