package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Tensor;
import java.lang.ref.Reference;

/**
 * Copies between layouts. Where the source runs through memory along another loop than the target
 * (a transposition, or channels-last to row-major), both are cut into tiles, so that no cache line
 * is fetched for a single element.
 */
final class Copies {
  /** Side of a tile that is transposed element by element. */
  private static final int SCALAR_SIDE = 16;

  /** Tiles along each side of the square that is finished before the next one is begun. */
  private static final int TILES = 2;

  /** A side shorter than this makes no tiles; its few lines are walked side by side. */
  private static final int THIN = 8;

  /** Elements of such lines that are copied before the next line's turn. */
  private static final int STRIP = 512;

  private final int bytes;
  private final Nest nest;
  private final long from;
  private final long to;

  /** The loop along which the source has neighbours. */
  private final int across;

  private final boolean transposed;

  /**
   * Whether squares come from far memory; that of the target is read, too, before it is written.
   */
  private final boolean far;

  /** Turns of {@link #across} that make one unit of work. */
  private final long step;

  private final long steps;

  /** Writes the elements of {@code x} to {@code y}, which has its dtype; {@code x} broadcasts. */
  static void run(Tensor x, Tensor y) {
    long count = y.numel();
    if (count == 0) {
      return;
    }
    Copies copies = new Copies(x, y, Nest.over(y.shape(), new Tensor[] {x, y}));
    if (copies.nest.depth == 1) {
      Parallel.forRange(count, Sweep.GRAIN, copies::row);
    } else {
      long units = copies.units();
      Parallel.forRange(units, Math.max(1, Sweep.GRAIN / (count / units)), copies::units);
    }
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(y);
  }

  private Copies(Tensor x, Tensor y, Nest nest) {
    this.nest = nest;
    bytes = y.dtype().bytes();
    from = x.address();
    to = y.address();
    across = nest.innerStride(0) == 0 ? nest.depth - 1 : nest.unitLoop(0, bytes);
    transposed = across != nest.depth - 1;
    far = Prefetch.pays(y.numel() * bytes);
    long size = nest.size[across];
    boolean thin = transposed && (size < THIN || nest.inner() < THIN);
    step = !transposed ? 1 : thin ? STRIP : TILES * side(bytes);
    steps = transposed ? Math.ceilDiv(size, step) : 1;
  }

  private static int side(int bytes) {
    SquareTile square = Moves.squares(bytes);
    return square == null ? SCALAR_SIDE : square.side();
  }

  private void row(long first, long end) {
    long fromStep = nest.stride[0][0];
    long toStep = nest.stride[1][0];
    Moves.row(bytes, from + first * fromStep, fromStep, to + first * toStep, toStep, end - first);
  }

  /** Turns of the loops but the innermost, those of {@link #across} counted in steps. */
  private long units() {
    long units = steps;
    for (int d = 0; d < nest.depth - 1; d++) {
      units *= d == across ? 1 : nest.size[d];
    }
    return units;
  }

  private void units(long first, long end) {
    for (long unit = first; unit < end; unit++) {
      long x = from;
      long y = to;
      long rest = unit / steps;
      for (int d = nest.depth - 2; d >= 0; d--) {
        if (d != across) {
          long i = rest % nest.size[d];
          rest /= nest.size[d];
          x += i * nest.stride[0][d];
          y += i * nest.stride[1][d];
        }
      }
      if (transposed) {
        block(x, y, unit % steps * step);
      } else {
        Moves.row(bytes, x, nest.innerStride(0), y, nest.innerStride(1), nest.inner());
      }
    }
  }

  /** Copies one step of {@link #across}, from {@code start} on, over all turns of the innermost. */
  private void block(long x, long y, long start) {
    int rows = (int) Math.min(step, nest.size[across] - start);
    long width = nest.size[across] < THIN ? STRIP : step;
    long xRow = x + start * bytes;
    long yRow = y + start * nest.stride[1][across];
    for (long column = 0; column < nest.inner(); column += width) {
      int n = (int) Math.min(width, nest.inner() - column);
      square(xRow + column * nest.innerStride(0), yRow + column * nest.innerStride(1), rows, n);
    }
  }

  private void square(long x, long y, int rows, int columns) {
    int side = side(bytes);
    boolean thin = rows < THIN || columns < THIN;
    if (thin || nest.innerStride(1) != bytes) {
      strips(x, y, rows, columns);
      return;
    }
    if (far) {
      Prefetch.rows(x, columns, nest.innerStride(0), rows * bytes);
      Prefetch.rows(y, rows, nest.stride[1][across], columns * bytes);
    }
    for (int r = 0; r < rows; r += side) {
      for (int c = 0; c < columns; c += side) {
        tile(
            x + (long) r * bytes + c * nest.innerStride(0),
            y + r * nest.stride[1][across] + (long) c * bytes,
            Math.min(side, rows - r),
            Math.min(side, columns - c));
      }
    }
  }

  /** Line by line along the longer side. */
  private void strips(long x, long y, int rows, int columns) {
    long xStep = nest.innerStride(0);
    long yStep = nest.innerStride(1);
    long yAcross = nest.stride[1][across];
    if (rows < columns) {
      for (int r = 0; r < rows; r++) {
        Moves.of(bytes).row(x + (long) r * bytes, xStep, y + r * yAcross, yStep, columns);
      }
    } else {
      for (int c = 0; c < columns; c++) {
        Moves.of(bytes).row(x + c * xStep, bytes, y + c * yStep, yAcross, rows);
      }
    }
  }

  private void tile(long x, long y, int rows, int columns) {
    long xStep = nest.innerStride(0);
    long yStep = nest.stride[1][across];
    SquareTile square = Moves.squares(bytes);
    if (square != null && rows == square.side() && columns == square.side()) {
      Moves.transpose(square, x, xStep, y, yStep, Scratch.get().staged(0));
    } else {
      Moves.of(bytes).transpose(x, xStep, y, yStep, rows, columns);
    }
  }
}
