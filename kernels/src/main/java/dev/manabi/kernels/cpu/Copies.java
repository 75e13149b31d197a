package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Tensor;
import java.lang.ref.Reference;

/**
 * Copies between layouts. Where the source runs through memory along another loop than the target
 * (a transposition, or channels-last to row-major), both are cut into blocks, so that no cache line
 * is fetched for a single element.
 */
final class Copies {
  /**
   * A block that is transposed at a time, if there are so many columns: the longer the runs of the
   * target, the sooner the core guesses what will be written next.
   */
  private static final Block LONG_RUNS = new Block(32, 256);

  /** The same from far memory, which is read in runs as long: see {@link #gather}. */
  private static final Block FAR_RUNS = new Block(128, 256);

  /** The block if there are fewer: the core guesses what will be read next. */
  private static final Block SHORT_RUNS = new Block(128, 32);

  /** A side shorter than this makes no squares; its few lines are walked side by side. */
  private static final int THIN = 8;

  /** Elements of such lines that are copied before the next line's turn. */
  private static final int STRIP = 512;

  private static final int PAGE = 4096;

  /**
   * Part of a transposition.
   *
   * @param rows turns of the loop along which the source has neighbours
   * @param columns turns of the innermost loop, along which the target has
   */
  private record Block(int rows, int columns) {}

  private final int bytes;
  private final Nest nest;
  private final long from;
  private final long to;

  /** The loop along which the source has neighbours. */
  private final int across;

  private final boolean transposed;

  /** Whether blocks come from far memory; that of the target is read, too, before it is written. */
  private final boolean far;

  /** How much of a transposition is copied at a time. */
  private final Block block;

  /** Blocks one under the other, and side by side. */
  private final long down;

  private final long right;

  /** Whether the blocks under one come next, while the pages of their lines are at hand. */
  private final boolean under;

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
    block =
        size < THIN || nest.inner() < THIN
            ? new Block(STRIP, STRIP)
            : nest.inner() < LONG_RUNS.columns ? SHORT_RUNS : far ? FAR_RUNS : LONG_RUNS;
    down = transposed ? Math.ceilDiv(size, block.rows) : 1;
    right = transposed ? Math.ceilDiv(nest.inner(), block.columns) : 1;
    under = nest.innerStride(0) > PAGE;
  }

  private void row(long first, long end) {
    long fromStep = nest.stride[0][0];
    long toStep = nest.stride[1][0];
    Moves.row(bytes, from + first * fromStep, fromStep, to + first * toStep, toStep, end - first);
  }

  /** Blocks of a transposition, or else turns of the loops but the innermost. */
  private long units() {
    long units = down * right;
    for (int d = 0; d < nest.depth - 1; d++) {
      units *= d == across ? 1 : nest.size[d];
    }
    return units;
  }

  private void units(long first, long end) {
    for (long unit = first; unit < end; unit++) {
      long x = from;
      long y = to;
      long rest = unit / (down * right);
      for (int d = nest.depth - 2; d >= 0; d--) {
        if (d != across) {
          long i = rest % nest.size[d];
          rest /= nest.size[d];
          x += i * nest.stride[0][d];
          y += i * nest.stride[1][d];
        }
      }
      if (transposed) {
        long i = unit % (down * right);
        block(x, y, under ? i % down : i / right, under ? i / down : i % right);
      } else {
        Moves.row(bytes, x, nest.innerStride(0), y, nest.innerStride(1), nest.inner());
      }
    }
  }

  /** Copies block {@code (i, j)}. */
  private void block(long x, long y, long i, long j) {
    long row = i * block.rows;
    long column = j * block.columns;
    int rows = (int) Math.min(block.rows, nest.size[across] - row);
    int columns = (int) Math.min(block.columns, nest.inner() - column);
    copy(
        x + row * bytes + column * nest.innerStride(0),
        y + row * nest.stride[1][across] + column * nest.innerStride(1),
        rows,
        columns);
  }

  private void copy(long x, long y, int rows, int columns) {
    boolean thin = rows < THIN || columns < THIN;
    if (thin || nest.innerStride(1) != bytes) {
      strips(x, y, rows, columns);
      return;
    }
    long xStep = nest.innerStride(0);
    long yStep = nest.stride[1][across];
    if (block == FAR_RUNS) {
      gather(x, xStep, y, yStep, rows, columns);
      return;
    }
    if (far) {
      Prefetch.rows(x, columns, xStep, rows * bytes);
      Prefetch.rows(y, rows, yStep, columns * bytes);
    }
    Transposes.block(bytes, x, xStep, y, yStep, rows, columns);
  }

  /**
   * Transposes what it has brought together in the cache first: the source is read in long runs,
   * and where its lines are a power of two apart they do not crowd into few places of the cache.
   */
  private void gather(long x, long xStep, long y, long yStep, int rows, int columns) {
    long run = (long) rows * bytes;
    long pitch = run + Scratch.LINE;
    long lines =
        Workspace.get().floats(Workspace.Use.LINES, Math.ceilDiv(columns * pitch, Float.BYTES));
    for (int c = 0; c < columns; c++) {
      Moves.copy(x + c * xStep, lines + c * pitch, run);
    }
    int strip = Simd.BYTES / bytes;
    for (int r = 0; r < rows; r += strip) {
      int height = Math.min(strip, rows - r);
      long to = y + r * yStep;
      Prefetch.rows(to, height, yStep, columns * bytes);
      Transposes.block(bytes, lines + (long) r * bytes, pitch, to, yStep, height, columns);
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
}
