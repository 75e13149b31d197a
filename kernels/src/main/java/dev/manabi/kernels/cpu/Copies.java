package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Tensor;
import java.lang.ref.Reference;

/**
 * Copies between layouts. Where the source runs through memory along another loop than the target
 * (a transposition, or channels-last to row-major), both are cut into square tiles that fit in
 * cache, so that no cache line is fetched for a single element.
 */
final class Copies {
  private static final int TILE = 16;

  private final int bytes;
  private final Nest nest;
  private final long from;
  private final long to;

  /** The loop along which the source has neighbours; the innermost one if there is no better. */
  private final int across;

  private final long acrossSize;
  private final long acrossTiles;

  /** Writes the elements of {@code x} to {@code y}, which has its shape and dtype. */
  static void run(Tensor x, Tensor y) {
    long count = y.numel();
    if (count == 0) {
      return;
    }
    Copies copies = new Copies(x, y, Nest.over(y.shape(), new Tensor[] {x, y}));
    if (copies.nest.depth == 1) {
      Parallel.forRange(count, Sweep.GRAIN, copies::row);
    } else {
      long perUnit = count / copies.units();
      Parallel.forRange(
          copies.units(), Math.max(1, Sweep.GRAIN / Math.max(1, perUnit)), copies::units);
    }
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(y);
  }

  private Copies(Tensor x, Tensor y, Nest nest) {
    this.nest = nest;
    bytes = y.dtype().bytes();
    from = x.address();
    to = y.address();
    across = across();
    acrossSize = across == nest.depth - 1 ? 1 : nest.size[across];
    acrossTiles = Math.ceilDiv(acrossSize, TILE);
  }

  private int across() {
    int last = nest.depth - 1;
    if (nest.stride[0][last] != bytes) {
      for (int d = 0; d < last; d++) {
        if (nest.stride[0][d] == bytes) {
          return d;
        }
      }
    }
    return last;
  }

  private void row(long first, long end) {
    long fromStep = nest.stride[0][0];
    long toStep = nest.stride[1][0];
    Moves.row(bytes, from + first * fromStep, fromStep, to + first * toStep, toStep, end - first);
  }

  /** The loops but the innermost and {@link #across}, times the tiles of the latter. */
  private long units() {
    long units = acrossTiles;
    for (int d = 0; d < nest.depth - 1; d++) {
      units *= d == across ? 1 : nest.size[d];
    }
    return units;
  }

  private void units(long first, long end) {
    for (long unit = first; unit < end; unit++) {
      long x = from;
      long y = to;
      long rest = unit / acrossTiles;
      for (int d = nest.depth - 2; d >= 0; d--) {
        if (d != across) {
          long i = rest % nest.size[d];
          rest /= nest.size[d];
          x += i * nest.stride[0][d];
          y += i * nest.stride[1][d];
        }
      }
      tiles(x, y, unit % acrossTiles * TILE);
    }
  }

  /**
   * Copies rows {@code start} to {@code start + TILE} of {@link #across}, a few columns at a time.
   */
  private void tiles(long x, long y, long start) {
    int last = nest.depth - 1;
    long xStep = nest.stride[0][last];
    long yStep = nest.stride[1][last];
    long end = Math.min(acrossSize, start + TILE);
    long width = acrossSize == 1 ? nest.inner() : TILE;
    for (long column = 0; column < nest.inner(); column += width) {
      long n = Math.min(width, nest.inner() - column);
      for (long r = start; r < end; r++) {
        long xRow = x + (across == last ? 0 : r * nest.stride[0][across]);
        long yRow = y + (across == last ? 0 : r * nest.stride[1][across]);
        Moves.row(bytes, xRow + column * xStep, xStep, yRow + column * yStep, yStep, n);
      }
    }
  }
}
