package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Tensor;
import java.util.Arrays;

/**
 * Softmax and log-softmax along an axis. A line is read three times (its largest element, the sum
 * of exponentials, the result), but only the first time from memory.
 */
final class Softmaxes {
  private static final float[] NONE = {};

  /** Columns that are worked on together, so that they are still in cache when read again. */
  private static final int MIN_TILE = 64;

  private static final int MAX_TILE = 1024;
  private static final int TILE_ELEMENTS = 1 << 14;

  private Softmaxes() {}

  /** Computes {@code y}, which has the strides of {@code x}; both are dense f32. */
  static void run(boolean log, int axis, Tensor x, Tensor y) {
    AxisView view = AxisView.of(x.layout(), axis);
    if (view.inner() == 1) {
      rows(log, view, x.address(), y.address());
    } else {
      columns(log, view, x.address(), y.address());
    }
  }

  private static void rows(boolean log, AxisView view, long x, long y) {
    int n = view.size();
    Parallel.forRange(
        view.outer(),
        view.grain(),
        (from, to) -> {
          float[] constants = new float[2];
          for (long r = from; r < to; r++) {
            long at = 4 * r * n;
            if (log) {
              logSoftmax(x + at, y + at, n, constants);
            } else {
              softmax(x + at, y + at, n, constants);
            }
          }
        });
  }

  private static void softmax(long x, long y, int n, float[] constants) {
    double sum = exponentials(x, y, n, largest(x, n), constants);
    constants[0] = scale(false, sum);
    Formula.SCALE_RUN.run(y, y, y, n, constants, NONE, 0, 0);
  }

  private static void logSoftmax(long x, long y, int n, float[] constants) {
    float max = largest(x, n);
    constants[1] = scale(true, exponentials(x, n, max, constants));
    constants[0] = max;
    Formula.LOG_SOFTMAX_RUN.run(x, x, y, n, constants, NONE, 0, 0);
  }

  /**
   * The logarithm of the sum of the exponentials of {@code n} neighbouring elements.
   *
   * @param constants room for one number
   */
  static double logSumExp(long x, int n, float[] constants) {
    float max = largest(x, n);
    return max + Math.log(exponentials(x, n, max, constants));
  }

  /** The sum of {@code exp(x - max)}, of which a few at a time are stored in cache. */
  private static double exponentials(long x, int n, float max, float[] constants) {
    long stored = Scratch.get().staged(0);
    double sum = 0;
    for (int i = 0; i < n; i += Scratch.CHUNK) {
      int piece = Math.min(Scratch.CHUNK, n - i);
      sum += exponentials(x + 4L * i, stored, piece, max, constants);
    }
    return sum;
  }

  /** {@code y = exp(x - max)}; returns the sum. */
  private static double exponentials(long x, long y, int n, float max, float[] constants) {
    constants[0] = max;
    Formula.EXPONENTIAL_RUN.run(x, x, y, n, constants, NONE, 0, 0);
    return Fold.SUM.run(y, n);
  }

  private static float largest(long x, int n) {
    return (float) Fold.MAX.run(x, n);
  }

  private static float scale(boolean log, double sum) {
    return (float) (log ? Math.log(sum) : 1 / sum);
  }

  private static void columns(boolean log, AxisView view, long x, long y) {
    int wanted = Math.clamp(TILE_ELEMENTS / view.size(), MIN_TILE, MAX_TILE);
    int tile = (int) Math.min(view.inner(), wanted);
    long tiles = Math.ceilDiv(view.inner(), tile);
    Parallel.forRange(
        view.outer() * tiles,
        Math.max(1, view.grain() / tile),
        (from, to) -> {
          double[] sums = new double[tile + Vectors.COUNT];
          float[] constants = FormulaKernel.planes(2, sums.length);
          for (long unit = from; unit < to; unit++) {
            long column = unit % tiles * tile;
            long at = 4 * (unit / tiles * view.size() * view.inner() + column);
            int cols = (int) Math.min(tile, view.inner() - column);
            tile(log, view, x + at, y + at, cols, sums, constants);
          }
        });
  }

  private static void tile(
      boolean log, AxisView view, long x, long y, int cols, double[] sums, float[] constants) {
    int plane = sums.length;
    Arrays.fill(sums, Fold.MAX.identity());
    Fold.MAX.columns(x, view.size(), view.inner(), cols, sums, 0);
    for (int c = 0; c < cols; c++) {
      constants[c] = (float) sums[c];
    }
    Arrays.fill(sums, 0);
    for (int i = 0; i < view.size(); i++) {
      long row = 4 * i * view.inner();
      long e = log ? Scratch.get().staged(0) : y + row;
      Formula.EXPONENTIAL_COLUMNS.run(x + row, x + row, e, cols, NONE, constants, plane, 0);
      Fold.SUM.columns(e, 1, cols, cols, sums, 0);
    }
    for (int c = 0; c < cols; c++) {
      constants[log ? plane + c : c] = scale(log, sums[c]);
    }
    FormulaKernel formula = log ? Formula.LOG_SOFTMAX_COLUMNS : Formula.SCALE_COLUMNS;
    for (int i = 0; i < view.size(); i++) {
      long row = 4 * i * view.inner();
      long from = log ? x + row : y + row;
      formula.run(from, from, y + row, cols, NONE, constants, plane, 0);
    }
  }
}
