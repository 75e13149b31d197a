package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.RowBlock.ALIGN;
import static dev.manabi.kernels.cpu.Tiles.COLUMNS;
import static dev.manabi.kernels.cpu.Tiles.COLUMN_BYTES;
import static dev.manabi.kernels.cpu.Tiles.LANES;

import dev.manabi.tensor.op.ConvOp;

/**
 * Convolution and the gradient of its weights for any kernel, stride and dilation, as matrix
 * products over windows that are never copied: {@link PaddedRows} holds the input, and a window is
 * a row of the left operand (forward) or a depth of it (weight gradient).
 */
final class DirectConvolution {
  /** Bytes of weights that are used on all rows at hand before the next are. */
  private static final long WEIGHT_BYTES = 1 << 19;

  /** Pixels whose gradients stay in the L1 cache while all weights meet them. */
  private static final int PIXELS = 128;

  /** Tasks that few images, or a weight gradient, are cut into. */
  private static final int TASKS = 8;

  /** Most floats of partial weight gradients. */
  private static final int PARTIAL = 1 << 23;

  private final ConvOp.Params p;
  private final Image x;
  private final Filter filter;

  /** Whether neighbouring taps are neighbouring pixels, so that a run may cross them. */
  private final boolean adjacent;

  private DirectConvolution(ConvOp.Params p, Image x, Filter filter) {
    this.p = p;
    this.x = x;
    this.filter = filter;
    adjacent = p.dilationW() == 1;
  }

  /** Numbers of a window that lie side by side. */
  private int runLength() {
    return adjacent ? filter.width() * x.channels() : x.channels();
  }

  /** {@code y = x * weights + bias}, and the epilogue. */
  static void forward(
      ConvOp.Params p, Image x, Filter filter, long bias, Image y, Epilogue epilogue) {
    filter.withOutputColumns(
        weights -> new DirectConvolution(p, x, filter).forward(weights, bias, y, epilogue));
  }

  private void forward(Panels weights, long bias, Image y, Epilogue epilogue) {
    // Few images are cut into parts: by output channels, lest each part reads all of many weights.
    int parts = Math.ceilDiv(TASKS, Math.max(1, y.count()));
    boolean heavy = weights.count() * weights.panelBytes() > WEIGHT_BYTES;
    int groups = heavy ? Math.min(parts, weights.count()) : 1;
    int most = PaddedRows.outputRows(p, x, filter.height(), y.height());
    int rows = Math.clamp(Math.ceilDiv((long) y.height() * groups, parts), 1, most);
    int bands = Math.ceilDiv(y.height(), rows);
    Parallel.forRange(
        (long) y.count() * bands * groups,
        1,
        (from, to) -> {
          for (long i = from; i < to; i++) {
            int group = (int) (i % groups);
            int n = (int) (i / groups / bands);
            int first = (int) (i / groups % bands) * rows;
            int panel = group * weights.count() / groups;
            int end = (group + 1) * weights.count() / groups;
            Target target = new Target(y.matrix(n), bias, epilogue);
            int height = Math.min(rows, y.height() - first);
            band(n, first, height, weights, panel, end, target, y.width());
          }
        });
  }

  /** Some rows of an image, of the output channels of the panels {@code [from, to)}. */
  private void band(
      int n, int first, int rows, Panels weights, int from, int to, Target y, int width) {
    PaddedRows input = PaddedRows.of(p, x, n, filter.height(), first, rows);
    int down = p.dilationH() * input.pitch();
    Left left = left(input, p.strideW() * x.channels(), 1, down, runLength());
    int together = (int) Math.max(1, WEIGHT_BYTES / weights.panelBytes());
    for (int panel = from; panel < to; panel += together) {
      int last = Math.min(to, panel + together);
      for (int r = 0; r < rows; r++) {
        int at = ALIGN + r * p.strideH() * input.pitch();
        row(left, at, down, weights, panel, last, y, (first + r) * width, width);
      }
    }
  }

  /** A row of windows; if taps are apart, one row of the kernel after another. */
  private void row(
      Left left, int at, int down, Panels weights, int from, int to, Target y, int pixel, int n) {
    int passes = adjacent ? 1 : filter.height();
    Target unfinished = y.unfinished();
    long passBytes = (long) left.runs() * left.depth() * COLUMN_BYTES;
    for (int q = 0; q < Tiles.count(n); q++) {
      int w = Tiles.top(n, q);
      for (int panel = from; panel < to; panel++) {
        for (int pass = 0; pass < passes; pass++) {
          Target target = pass == passes - 1 ? y : unfinished;
          target.tile(
              left,
              at + pass * down + w * left.rowStep(),
              weights.at(panel) + pass * passBytes,
              weights.step(),
              pixel + w,
              n - w,
              panel * COLUMNS,
              weights.width(panel),
              pass > 0);
        }
      }
    }
  }

  /** Windows as the left operand: runs go down the kernel's rows, or along taps that are apart. */
  private Left left(PaddedRows input, int rowStep, int step, int down, int depth) {
    int along = p.dilationW() * x.channels();
    return new Left(
        input.data(),
        rowStep,
        step,
        adjacent ? down : along,
        adjacent ? filter.height() : filter.width(),
        depth);
  }

  /** The gradient of the weights, given that of the output. */
  static void weightGrad(ConvOp.Params p, Image x, Image gradOut, Filter gradWeight) {
    new DirectConvolution(p, x, gradWeight).weightGrad(gradOut);
  }

  private void weightGrad(Image g) {
    int pitch = Math.ceilDiv(filter.out(), LANES) * LANES;
    int size = filter.taps() * filter.in() * pitch;
    int rows = PaddedRows.outputRows(p, x, filter.height(), g.height());
    int bands = g.count() * Math.ceilDiv(g.height(), rows);
    int slices = Math.clamp(PARTIAL / size, 1, Math.clamp(bands, 1, TASKS));
    int kernelRuns = adjacent ? filter.height() : filter.taps();
    int units = kernelRuns * Tiles.count(runLength());
    int parts = Math.min(units, Math.ceilDiv(TASKS, slices));
    long sums = Workspace.get().floats(Workspace.Use.PARTIAL_SUMS, (long) slices * size);
    if (bands == 0) {
      Runs.clear(sums, size);
    }
    Parallel.forRange(
        (long) slices * parts,
        1,
        (from, to) -> {
          for (int task = (int) from; task < to; task++) {
            int slice = task / parts;
            int part = task % parts;
            Target target =
                Target.of(new Matrix(sums + (long) slice * size * Float.BYTES, pitch, 1));
            int firstBand = (int) ((long) slice * bands / slices);
            int lastBand = (int) ((slice + 1L) * bands / slices);
            for (int band = firstBand; band < lastBand; band++) {
              gradientBand(
                  g,
                  band,
                  rows,
                  part * units / parts,
                  (part + 1) * units / parts,
                  pitch,
                  target,
                  band > firstBand);
            }
          }
        });
    for (int slice = 1; slice < slices; slice++) {
      Runs.add(sums + (long) slice * size * Float.BYTES, sums, size);
    }
    filter.spread(sums, pitch);
  }

  /** Adds what some output rows give to the units {@code [from, to)} of the weights. */
  private void gradientBand(
      Image g, int band, int rows, int from, int to, int pitch, Target target, boolean onto) {
    int bandsOfImage = Math.ceilDiv(g.height(), rows);
    int n = band / bandsOfImage;
    int first = band % bandsOfImage * rows;
    int count = Math.min(rows, g.height() - first);
    PaddedRows input = PaddedRows.of(p, x, n, filter.height(), first, count);
    int together = Math.max(1, PIXELS / g.width());
    for (int r = 0; r < count; r += together) {
      int runs = Math.min(together, count - r);
      int jump = p.strideH() * input.pitch();
      int step = p.strideW() * x.channels();
      Left left = new Left(input.data(), 1, step, jump, runs, g.width());
      int at = ALIGN + r * jump;
      for (int column = 0; column < pitch; column += COLUMNS) {
        long b = g.at(n, first + r, 0) + (long) column * Float.BYTES;
        int width = Math.min(COLUMNS, pitch - column);
        for (int unit = from; unit < to; unit++) {
          unit(
              left,
              at,
              input.pitch(),
              unit,
              b,
              g.pixelBytes(),
              column,
              width,
              target,
              onto || r > 0);
        }
      }
    }
  }

  /** A tile of weights: some neighbouring numbers of the window for all output channels. */
  private void unit(
      Left left,
      int at,
      int rowPitch,
      int unit,
      long b,
      long bStep,
      int column,
      int width,
      Target target,
      boolean onto) {
    int length = runLength();
    int tiles = Tiles.count(length);
    int run = unit / tiles;
    int top = Tiles.top(length, unit % tiles);
    int kh = adjacent ? run : run / filter.width();
    int kw = adjacent ? 0 : run % filter.width();
    int offset = kh * p.dilationH() * rowPitch + kw * p.dilationW() * x.channels() + top;
    target.tile(left, at + offset, b, bStep, run * length + top, length - top, column, width, onto);
  }
}
