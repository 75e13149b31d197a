package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.COLUMNS;

import dev.manabi.tensor.op.ConvOp;

/**
 * The gradient of a convolution's input for any kernel, stride and dilation: every output pixel's
 * gradient times the weights is what it gives to its window, and is added there (col2im). Unlike a
 * convolution of a stretched gradient it multiplies no zeros.
 */
final class ScatterConvolution {
  /** About the floats of windows that are computed before they are added. */
  private static final int FLOATS = 1 << 16;

  private final ConvOp.Params p;
  private final Image g;
  private final Filter filter;
  private final Image x;
  private final Panels weights;
  private final int pitch;

  private ScatterConvolution(ConvOp.Params p, Image g, Filter filter, Image x) {
    this.p = p;
    this.g = g;
    this.filter = filter;
    this.x = x;
    weights = filter.inputColumns();
    pitch = weights.count() * COLUMNS;
  }

  static void inputGrad(ConvOp.Params p, Image gradOut, Filter filter, Image gradX) {
    var scatter = new ScatterConvolution(p, gradOut, filter, gradX);
    Parallel.forRange(
        gradX.count(),
        1,
        (from, to) -> {
          for (int n = (int) from; n < to; n++) {
            scatter.image(n);
          }
        });
  }

  private void image(int n) {
    for (int h = 0; h < x.height(); h++) {
      if (x.pitch() == x.channels()) {
        Runs.clear(x.at(n, h, 0), (long) x.width() * x.channels());
      } else {
        for (int w = 0; w < x.width(); w++) {
          Runs.clear(x.at(n, h, w), x.channels());
        }
      }
    }
    int most = Math.clamp(FLOATS / pitch, Tiles.ROWS, RowBlock.ROWS);
    long windows = Workspace.get().floats(Workspace.Use.PRODUCTS, (long) most * pitch);
    Target target = Target.of(new Matrix(windows, pitch, 1));
    Matrix gradients = g.matrix(n);
    int pixels = g.height() * g.width();
    for (int first = 0; first < pixels; first += most) {
      int count = Math.min(most, pixels - first);
      for (int k = 0; k < filter.out(); k += RowBlock.DEPTH) {
        int depth = Math.min(RowBlock.DEPTH, filter.out() - k);
        Left left = RowBlock.get().pack(gradients, first, count, k, depth);
        RowBlock.multiply(left, count, weights.from(k), target, 0, k > 0);
      }
      for (int i = 0; i < count; i++) {
        add(n, first + i, windows + (long) i * pitch * Float.BYTES);
      }
    }
  }

  /** Adds the window of a pixel where it lies inside the image. */
  private void add(int n, int pixel, long window) {
    int top = pixel / g.width() * p.strideH() - p.paddingH();
    int left = pixel % g.width() * p.strideW() - p.paddingW();
    boolean adjacent = p.dilationW() == 1 && x.pitch() == x.channels();
    int from = adjacent ? Math.clamp(-left, 0, filter.width()) : 0;
    int to = adjacent ? Math.clamp(x.width() - left, from, filter.width()) : filter.width();
    for (int kh = 0; kh < filter.height(); kh++) {
      int h = top + kh * p.dilationH();
      if (h < 0 || h >= x.height()) {
        continue;
      }
      long row = window + (long) kh * filter.width() * x.channels() * Float.BYTES;
      if (adjacent) {
        addRun(n, h, left + from, row, from, to - from);
        continue;
      }
      for (int kw = 0; kw < filter.width(); kw++) {
        int w = left + kw * p.dilationW();
        if (w >= 0 && w < x.width()) {
          addRun(n, h, w, row, kw, 1);
        }
      }
    }
  }

  private void addRun(int n, int h, int w, long row, int tap, int taps) {
    if (taps > 0) {
      long from = row + (long) tap * x.channels() * Float.BYTES;
      Runs.add(from, x.at(n, h, w), (long) taps * x.channels());
    }
  }
}
