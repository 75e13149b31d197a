package dev.manabi.kernels.cpu;

/**
 * Computes a {@link Formulas formula} of dense tensors whose constants belong to the kept axes: one
 * set of constants for every kept element, in memory order.
 */
final class SegmentSweep {
  private static final float[] NONE = {};

  /** Elements worth a call of a formula's loop: rows shorter than that are taken together. */
  private static final long ROW = 1024;

  private final Segments segments;
  private final Formulas formulas;
  private final float[][] constants;

  /** One formula in two forms: all its constants are of the run, or all are of the element. */
  record Formulas(FormulaKernel perRun, FormulaKernel perElement) {
    static Formulas of(int constants, Formula.Function function) {
      return new Formulas(
          Formula.kernel(constants, 0, function), Formula.kernel(0, constants, function));
    }
  }

  SegmentSweep(Segments segments, Formulas formulas, float[]... constants) {
    this.segments = segments;
    this.formulas = formulas;
    this.constants = constants;
  }

  void run(long x, long y, long out) {
    int n = segments.sizes().length;
    if (n == 0 || segments.reduced()[n - 1]) {
      runs(x, y, out);
    } else {
      columns(x, y, out);
    }
  }

  /** The innermost segment is reduced, so its elements share their constants. */
  private void runs(long x, long y, long out) {
    int n = segments.sizes().length;
    long length = n == 0 ? 1 : segments.sizes()[n - 1];
    Parallel.forRange(
        segments.count() / length,
        Math.max(1, Reduction.BLOCK / length),
        (from, to) -> {
          float[] own = new float[4];
          for (long run = from; run < to; run++) {
            int kept = (int) segments.kept(run, n - 1);
            for (int k = 0; k < constants.length; k++) {
              own[k] = constants[k][kept];
            }
            long at = 4 * run * length;
            formulas.perRun().run(x + at, y + at, out + at, length, own, NONE, 0, 0);
          }
        });
  }

  /** The innermost segment is kept: rows of constants, which repeat over the segment around it. */
  private void columns(long x, long y, long out) {
    int n = segments.sizes().length;
    long cols = segments.sizes()[n - 1];
    long rows = n > 1 ? segments.sizes()[n - 2] : 1;
    int together = (int) Math.clamp(rowsTogether(cols), 1, rows);
    int wide = Math.toIntExact(together * cols);
    long wideRows = Math.ceilDiv(rows, together);
    float[] repeated = repeated((int) cols, together);
    int plane = constants.length == 0 ? 0 : constants[0].length * together;
    Parallel.forRange(
        segments.count() / (rows * cols) * wideRows,
        Math.max(1, Reduction.BLOCK / wide),
        (from, to) -> {
          for (long unit = from; unit < to; unit++) {
            long block = unit / wideRows;
            long row = unit % wideRows * together;
            long at = 4 * (block * rows + row) * cols;
            long count = Math.min(together, rows - row) * cols;
            int of = (int) segments.kept(block, Math.max(0, n - 2)) * wide;
            formulas.perElement().run(x + at, y + at, out + at, count, NONE, repeated, plane, of);
          }
        });
  }

  /** So many that they are long enough and, if possible, fill whole vectors. */
  private static long rowsTogether(long cols) {
    long fill = Simd.COUNT / ColumnGroups.gcd(Simd.COUNT, (int) Math.min(cols, ROW));
    return cols >= ROW ? 1 : Math.ceilDiv(ROW, cols * fill) * fill;
  }

  private float[] repeated(int cols, int times) {
    if (constants.length == 0) {
      return NONE;
    }
    int kept = constants[0].length;
    float[] r = FormulaKernel.planes(constants.length, kept * times);
    int to = 0;
    for (float[] plane : constants) {
      for (int from = 0; from < kept; from += cols) {
        for (int k = 0; k < times; k++, to += cols) {
          System.arraycopy(plane, from, r, to, cols);
        }
      }
    }
    return r;
  }
}
