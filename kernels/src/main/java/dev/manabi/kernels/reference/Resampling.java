package dev.manabi.kernels.reference;

import dev.manabi.tensor.op.PoolOp;

/** Resampling of {@code [N, C, H, W]} planes to another size, and its transpose. */
final class Resampling {
  private Resampling() {}

  static void forward(PoolOp.Mode mode, boolean alignCorners, Elements x, Elements y) {
    Tap[] rows = Tap.all(mode, alignCorners, x.dim(2), y.dim(2));
    Tap[] columns = Tap.all(mode, alignCorners, x.dim(3), y.dim(3));
    for (Walk w = Walk.over(y.layout()); w.more(); w.next()) {
      int n = w.index(0);
      int c = w.index(1);
      Tap row = rows[w.index(2)];
      Tap column = columns[w.index(3)];
      switch (mode) {
        case NEAREST -> y.copy(w.at(0), x, x.at(n, c, row.low(), column.low()));
        case BILINEAR -> {
          double upper = blend(x, n, c, row.low(), column);
          double lower = blend(x, n, c, row.high(), column);
          y.set(w.at(0), upper + row.weight() * (lower - upper));
        }
      }
    }
  }

  private static double blend(Elements x, int n, int c, int h, Tap column) {
    double left = x.get(x.at(n, c, h, column.low()));
    double right = x.get(x.at(n, c, h, column.high()));
    return left + column.weight() * (right - left);
  }

  static void backward(PoolOp.Mode mode, boolean alignCorners, Elements g, Elements y) {
    Tap[] rows = Tap.all(mode, alignCorners, y.dim(2), g.dim(2));
    Tap[] columns = Tap.all(mode, alignCorners, y.dim(3), g.dim(3));
    Elements sums = y.wideZeros();
    for (Walk w = Walk.over(g.layout()); w.more(); w.next()) {
      int n = w.index(0);
      int c = w.index(1);
      Tap row = rows[w.index(2)];
      Tap column = columns[w.index(3)];
      switch (mode) {
        case NEAREST -> sums.add(sums.at(n, c, row.low(), column.low()), g, w.at(0));
        case BILINEAR -> {
          double lower = g.get(w.at(0)) * row.weight();
          double upper = g.get(w.at(0)) - lower;
          spread(sums, n, c, row.low(), column, upper);
          spread(sums, n, c, row.high(), column, lower);
        }
      }
    }
    Elementwise.copy(sums, y);
  }

  private static void spread(Elements sums, int n, int c, int h, Tap column, double value) {
    double right = value * column.weight();
    sums.add(sums.at(n, c, h, column.low()), value - right);
    sums.add(sums.at(n, c, h, column.high()), right);
  }
}
