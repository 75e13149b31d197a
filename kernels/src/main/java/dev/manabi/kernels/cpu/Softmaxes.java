package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Tensor;
import java.util.Arrays;

/**
 * Softmax and log-softmax along an axis. A line is looked at three times (its largest element, the
 * sum of exponentials, the result), but only the first time does it come from memory. Rows that lie
 * one after another are worked on by {@link SoftmaxRows}.
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
        SoftmaxRows.grain(view.outer(), n),
        (from, to) -> {
          float[] constants = new float[2 * SoftmaxRows.MOST];
          var rows = new SoftmaxRows(n, x + 4 * from * n, x + 4 * to * n);
          long at = 4 * from * n;
          for (int count = rows.take(log ? 0 : y + at);
              count > 0;
              count = rows.take(log ? 0 : y + at)) {
            for (int k = 0; k < count; k++) {
              constants[k] = log ? rows.max[k] : scale(false, rows.sums[k]);
              constants[SoftmaxRows.MOST + k] = log ? scale(true, rows.sums[k]) : 0;
            }
            FormulaKernel last = log ? Formula.LOG_SOFTMAX_RUN : Formula.SCALE_RUN;
            last.rows((log ? x : y) + at, y + at, n, count, constants, SoftmaxRows.MOST);
            at += 4L * count * n;
          }
        });
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
          double[] sums = new double[tile + Simd.COUNT];
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
