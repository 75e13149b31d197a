package dev.manabi.kernels.reference;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.op.LinalgOp;

/** Matrix products. */
final class Products {
  private Products() {}

  static void run(LinalgOp op, Elements[] in, Elements y) {
    switch (op) {
      case LinalgOp.MatMul() -> matMul(in[0], in[1], y);
      case LinalgOp.Linear(boolean relu) -> linear(in, relu, y);
    }
  }

  /** One matrix: the last two axes of a tensor, from {@code start} on. */
  private record Matrix(Elements elements, long start) {
    long at(int row, int column) {
      return start + row * elements.stride(-2) + column * elements.stride(-1);
    }

    double get(int row, int column) {
      return elements.get(at(row, column));
    }

    long getLong(int row, int column) {
      return elements.getLong(at(row, column));
    }
  }

  private static void matMul(Elements a, Elements b, Elements c) {
    Layout batch = c.layout().first(c.rank() - 2);
    Layout aBatch = a.layout().first(a.rank() - 2);
    Layout bBatch = b.layout().first(b.rank() - 2);
    for (Walk w = Walk.over(batch.shape(), aBatch, bBatch, batch); w.more(); w.next()) {
      matMul(new Matrix(a, w.at(0)), new Matrix(b, w.at(1)), new Matrix(c, w.at(2)));
    }
  }

  private static void matMul(Matrix a, Matrix b, Matrix c) {
    Elements y = c.elements();
    for (int m = 0; m < y.dim(-2); m++) {
      for (int n = 0; n < y.dim(-1); n++) {
        if (y.isFloating()) {
          y.set(c.at(m, n), dot(a, m, b, n));
        } else {
          y.setLong(c.at(m, n), wrappingDot(a, m, b, n));
        }
      }
    }
  }

  /** Row {@code m} of {@code a} times column {@code n} of {@code b}. */
  private static double dot(Matrix a, int m, Matrix b, int n) {
    double sum = 0;
    for (int k = 0; k < a.elements().dim(-1); k++) {
      sum += a.get(m, k) * b.get(k, n);
    }
    return sum;
  }

  private static long wrappingDot(Matrix a, int m, Matrix b, int n) {
    long sum = 0;
    for (int k = 0; k < a.elements().dim(-1); k++) {
      sum += a.getLong(m, k) * b.getLong(k, n);
    }
    return sum;
  }

  /**
   * For each row of x: {@code y[n] = bias[n] + sum over k of x[k] * weight[n, k] + residual[n]}.
   */
  private static void linear(Elements[] in, boolean relu, Elements y) {
    Elements x = in[0];
    Elements weight = in[1];
    Elements bias = in.length > 2 ? in[2] : null;
    Elements residual = in.length > 3 ? in[3] : null;
    Elements added = residual == null ? y : residual;
    for (Lines row = new Lines(y.rank() - 1, x, y, added); row.more(); row.next()) {
      for (int n = 0; n < y.dim(-1); n++) {
        double sum = bias == null ? 0 : bias.get(bias.at(n));
        for (int k = 0; k < row.length(); k++) {
          sum += x.get(row.at(0, k)) * weight.get(weight.at(n, k));
        }
        sum += residual == null ? 0 : residual.get(row.at(2, n));
        y.set(row.at(1, n), relu ? Math.max(sum, 0) : sum);
      }
    }
  }
}
