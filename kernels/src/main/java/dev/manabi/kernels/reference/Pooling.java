package dev.manabi.kernels.reference;

import dev.manabi.tensor.op.PoolOp;

/** Pooling of {@code [N, C, H, W]} planes; resampling is {@link Resampling}. */
final class Pooling {
  private Pooling() {}

  static void run(PoolOp op, Elements[] in, Elements[] out) {
    switch (op) {
      case PoolOp.MaxPool2d o -> maxPool(o.window(), in[0], out[0], out[1]);
      case PoolOp.PlaneScatter _ -> planeScatter(op, in[0], in[1], out[0]);
      case PoolOp.PlaneGather _ -> planeGather(op, in[0], in[1], out[0]);
      case PoolOp.AvgPool2d(var window) -> avgPool(window, in[0], out[0]);
      case PoolOp.AvgPool2dGrad o -> avgPoolGrad(o.window(), in[0], out[0]);
      case PoolOp.Interpolate o -> Resampling.forward(o.mode(), o.alignCorners(), in[0], out[0]);
      case PoolOp.InterpolateGrad o ->
          Resampling.backward(o.mode(), o.alignCorners(), in[0], out[0]);
    }
  }

  private static void maxPool(PoolOp.Window window, Elements x, Elements y, Elements index) {
    Span[] rows = Span.rows(window, x.dim(2), y.dim(2));
    Span[] columns = Span.columns(window, x.dim(3), y.dim(3));
    for (Walk w = Walk.over(y.shape(), y.layout(), index.layout()); w.more(); w.next()) {
      int n = w.index(0);
      int c = w.index(1);
      Span row = rows[w.index(2)];
      Span column = columns[w.index(3)];
      int bestH = row.from();
      int bestW = column.from();
      for (int h = row.from(); h < row.to(); h += row.step()) {
        for (int v = column.from(); v < column.to(); v += column.step()) {
          if (x.compare(x.at(n, c, h, v), x.at(n, c, bestH, bestW)) > 0) {
            bestH = h;
            bestW = v;
          }
        }
      }
      y.copy(w.at(0), x, x.at(n, c, bestH, bestW));
      index.setLong(w.at(1), (long) bestH * x.dim(3) + bestW);
    }
  }

  private static void avgPool(PoolOp.Window window, Elements x, Elements y) {
    Span[] rows = Span.rows(window, x.dim(2), y.dim(2));
    Span[] columns = Span.columns(window, x.dim(3), y.dim(3));
    for (Walk w = Walk.over(y.layout()); w.more(); w.next()) {
      Span row = rows[w.index(2)];
      Span column = columns[w.index(3)];
      double sum = 0;
      for (int h = row.from(); h < row.to(); h += row.step()) {
        for (int v = column.from(); v < column.to(); v += column.step()) {
          sum += x.get(x.at(w.index(0), w.index(1), h, v));
        }
      }
      y.set(w.at(0), sum / ((double) row.divisor() * column.divisor()));
    }
  }

  private static void avgPoolGrad(PoolOp.Window window, Elements g, Elements y) {
    Span[] rows = Span.rows(window, y.dim(2), g.dim(2));
    Span[] columns = Span.columns(window, y.dim(3), g.dim(3));
    Elements sums = y.wideZeros();
    for (Walk w = Walk.over(g.layout()); w.more(); w.next()) {
      Span row = rows[w.index(2)];
      Span column = columns[w.index(3)];
      double share = g.get(w.at(0)) / ((double) row.divisor() * column.divisor());
      for (int h = row.from(); h < row.to(); h += row.step()) {
        for (int v = column.from(); v < column.to(); v += column.step()) {
          sums.add(sums.at(w.index(0), w.index(1), h, v), share);
        }
      }
    }
    Elementwise.copy(sums, y);
  }

  private static void planeScatter(PoolOp op, Elements g, Elements index, Elements y) {
    Elements sums = y.wideZeros();
    for (Walk w = Walk.over(g.shape(), g.layout(), index.layout()); w.more(); w.next()) {
      sums.add(inPlane(op, w, index.getLong(w.at(1)), sums), g, w.at(0));
    }
    Elementwise.copy(sums, y);
  }

  private static void planeGather(PoolOp op, Elements x, Elements index, Elements y) {
    for (Walk w = Walk.over(y.shape(), index.layout(), y.layout()); w.more(); w.next()) {
      y.copy(w.at(1), x, inPlane(op, w, index.getLong(w.at(0)), x));
    }
  }

  /** Position of element {@code i = row * W + column} of the current plane of {@code x}. */
  private static long inPlane(PoolOp op, Walk w, long i, Elements x) {
    int width = x.dim(3);
    long size = (long) x.dim(2) * width;
    if (i < 0 || i >= size) {
      throw Indexing.outside(op, i, "planes", size);
    }
    return x.at(w.index(0), w.index(1), i / width, i % width);
  }
}
