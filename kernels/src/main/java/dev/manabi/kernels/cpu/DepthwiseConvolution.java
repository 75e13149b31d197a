package dev.manabi.kernels.cpu;

import dev.manabi.kernels.cpu.TapRun.Axis;
import dev.manabi.tensor.op.ConvOp;
import java.util.List;

/**
 * Convolution in which every channel has a kernel of its own (MobileNet's, Howard et al., 2017) and
 * both its gradients, for any kernel, stride and dilation. There is no matrix product in it: a
 * vector holds neighbouring channels of a pixel, and each tap is one multiply-add. The input's
 * gradient is the same sum with the roles of the images exchanged. Error: that of adding as many
 * f32 products as a window has, for the weights' gradient as a row of the output has pixels and the
 * output has rows.
 */
final class DepthwiseConvolution {
  /** About the multiply-adds that make a task. */
  private static final long WORK = 1 << 16;

  /** Parts of the output whose gradients of weights are summed apart. */
  private static final int SLICES = 16;

  private DepthwiseConvolution() {}

  private static Axis vertical(ConvOp.Params p, Filter filter) {
    return new Axis(filter.height(), p.strideH(), p.paddingH(), p.dilationH());
  }

  private static Axis horizontal(ConvOp.Params p, Filter filter) {
    return new Axis(filter.width(), p.strideW(), p.paddingW(), p.dilationW());
  }

  /** {@code y = x * weights + bias}, and the epilogue; {@code bias} is 0 for none. */
  static void forward(
      ConvOp.Params p, Image x, Filter filter, long bias, Image y, Epilogue epilogue) {
    Axis rows = vertical(p, filter);
    List<TapRun> columns = horizontal(p, filter).outputs(y.width(), x.width());
    DepthwiseLoop loop = loop(filter, bias);
    forRows(
        y,
        filter,
        (n, h) -> {
          row(loop, rows.output(h, x.height()), columns, n, x, y);
          y.finish(epilogue, n, h, 0, y.width());
        });
  }

  /** The gradient of the input, given that of the output. */
  static void inputGrad(ConvOp.Params p, Image gradOut, Filter filter, Image gradX) {
    Axis rows = vertical(p, filter);
    List<TapRun> columns = horizontal(p, filter).inputs(gradX.width(), gradOut.width());
    DepthwiseLoop loop = loop(filter, 0);
    forRows(
        gradX,
        filter,
        (n, h) -> row(loop, rows.input(h, gradOut.height()), columns, n, gradOut, gradX));
  }

  /** What is done with one row of one image. */
  private interface Row {
    void run(int n, int h);
  }

  private static void forRows(Image image, Filter filter, Row row) {
    long work = (long) image.width() * image.channels() * filter.taps();
    Parallel.forRange(
        (long) image.count() * image.height(),
        Math.max(1, WORK / Math.max(1, work)),
        (from, to) -> {
          for (long i = from; i < to; i++) {
            row.run((int) (i / image.height()), (int) (i % image.height()));
          }
        });
  }

  private static void row(
      DepthwiseLoop loop, TapRun down, List<TapRun> columns, int n, Image source, Image target) {
    for (TapRun along : columns) {
      loop.sums(
          down,
          along,
          source.at(n, down.source(), along.source()),
          source.rowBytes(),
          source.pixelBytes(),
          target.at(n, down.target(), along.target()),
          target.pixelBytes());
    }
  }

  /** The loop over weights that lie tap by tap, and after them the bias or zeros. */
  private static DepthwiseLoop loop(Filter filter, long bias) {
    DepthwiseLoop loop = new DepthwiseLoop(filter.out(), filter.width());
    long rows = Workspace.get().floats(Workspace.Use.WEIGHTS, loop.floats(filter.taps() + 1));
    for (int tap = 0; tap < filter.taps(); tap++) {
      long first = filter.at(0, 0, tap / filter.width(), tap % filter.width());
      Runs.gather(first, filter.outStride() * Float.BYTES, loop.at(rows, tap), filter.out());
    }
    long start = loop.at(rows, filter.taps());
    if (bias == 0) {
      Runs.clear(start, filter.out());
    } else {
      Runs.copy(bias, start, filter.out());
    }
    return loop.over(rows, start);
  }

  /** The gradient of the weights, given that of the output. */
  static void weightGrad(ConvOp.Params p, Image x, Image gradOut, Filter gradWeight) {
    Axis rows = vertical(p, gradWeight);
    List<TapRun> columns = horizontal(p, gradWeight).outputs(gradOut.width(), x.width());
    DepthwiseLoop loop = new DepthwiseLoop(gradWeight.out(), gradWeight.width());
    long size = loop.floats(gradWeight.taps());
    long sums = Workspace.get().floats(Workspace.Use.PARTIAL_SUMS, SLICES * size);
    Runs.clear(sums, SLICES * size);
    long all = (long) gradOut.count() * gradOut.height();
    Parallel.forRange(
        SLICES,
        1,
        (slice, _) -> {
          DepthwiseLoop own = loop.over(sums + slice * size * Float.BYTES, 0);
          for (long i = slice * all / SLICES; i < (slice + 1) * all / SLICES; i++) {
            int n = (int) (i / gradOut.height());
            TapRun down = rows.output((int) (i % gradOut.height()), x.height());
            products(own, down, columns, n, x, gradOut);
          }
        });
    for (int slice = 1; slice < SLICES; slice++) {
      Runs.add(sums + slice * size * Float.BYTES, sums, size);
    }
    gradWeight.spread(sums, loop.pitch());
  }

  private static void products(
      DepthwiseLoop loop, TapRun down, List<TapRun> columns, int n, Image x, Image g) {
    for (TapRun along : columns) {
      for (int i = 0; i < along.count(); i += DepthwiseLoop.PIXELS) {
        TapRun part = along.part(i, Math.min(DepthwiseLoop.PIXELS, along.count() - i));
        loop.products(
            down,
            part,
            x.at(n, down.source(), part.source()),
            x.rowBytes(),
            x.pixelBytes(),
            g.at(n, down.target(), part.target()),
            g.pixelBytes());
      }
    }
  }
}
