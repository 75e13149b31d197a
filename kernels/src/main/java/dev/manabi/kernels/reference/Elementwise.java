package dev.manabi.kernels.reference;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp;

/** Ops whose output element depends on the input elements of the same broadcast index. */
public final class Elementwise {
  private Elementwise() {}

  static void run(ElementwiseOp op, Elements[] in, Elements y) {
    switch (op) {
      case ElementwiseOp.Unary(var fn) -> unary(fn, in[0], y);
      case ElementwiseOp.Binary(var fn) -> binary(fn, in[0], in[1], y);
      case ElementwiseOp.Where() -> where(in[0], in[1], in[2], y);
      case ElementwiseOp.ScaleShift affine -> scaleShift(affine, in, y);
      case ElementwiseOp.Clamp clamp -> clamp(clamp, in[0], y);
      case ElementwiseOp.Cast _, ElementwiseOp.Copy _ -> copy(in[0], y);
      case ElementwiseOp.Dropout dropout -> dropout(dropout, in[0], y, 0, y.shape().numel());
    }
  }

  private static void unary(ElementwiseOp.UnaryFn fn, Elements x, Elements y) {
    for (Walk w = Walk.over(y.shape(), x.layout(), y.layout()); w.more(); w.next()) {
      if (x.isFloating()) {
        y.set(w.at(1), Scalars.apply(fn, x.get(w.at(0))));
      } else {
        y.setLong(w.at(1), Scalars.apply(fn, x.getLong(w.at(0))));
      }
    }
  }

  private static void binary(ElementwiseOp.BinaryFn fn, Elements a, Elements b, Elements y) {
    Walk w = Walk.over(y.shape(), a.layout(), b.layout(), y.layout());
    for (; w.more(); w.next()) {
      if (a.isFloating()) {
        y.set(w.at(2), Scalars.apply(fn, a.get(w.at(0)), b.get(w.at(1))));
      } else {
        y.setLong(w.at(2), Scalars.apply(fn, a.getLong(w.at(0)), b.getLong(w.at(1))));
      }
    }
  }

  private static void where(Elements condition, Elements a, Elements b, Elements y) {
    Walk w = Walk.over(y.shape(), condition.layout(), a.layout(), b.layout(), y.layout());
    for (; w.more(); w.next()) {
      if (condition.getLong(w.at(0)) != 0) {
        y.copy(w.at(3), a, w.at(1));
      } else {
        y.copy(w.at(3), b, w.at(2));
      }
    }
  }

  private static void scaleShift(ElementwiseOp.ScaleShift op, Elements[] in, Elements y) {
    boolean adds = in.length > 3;
    Elements residual = adds ? in[3] : in[0];
    Walk w =
        Walk.over(
            y.shape(),
            in[0].layout(),
            in[1].layout(),
            in[2].layout(),
            residual.layout(),
            y.layout());
    for (; w.more(); w.next()) {
      double value = in[0].get(w.at(0)) * in[1].get(w.at(1)) + in[2].get(w.at(2));
      value += adds ? residual.get(w.at(3)) : 0;
      y.set(w.at(4), op.relu() ? Math.max(value, 0) : value);
    }
  }

  private static void clamp(ElementwiseOp.Clamp op, Elements x, Elements y) {
    for (Walk w = Walk.over(y.shape(), x.layout(), y.layout()); w.more(); w.next()) {
      if (x.isFloating()) {
        y.set(w.at(1), Math.min(Math.max(x.get(w.at(0)), op.low()), op.high()));
      } else {
        long low = (long) Math.ceil(op.low());
        long high = (long) Math.floor(op.high());
        y.setLong(w.at(1), Math.min(Math.max(x.getLong(w.at(0)), low), high));
      }
    }
  }

  /** Casts and copies: {@link Elements#copy} knows both dtypes. */
  static void copy(Elements x, Elements y) {
    for (Walk w = Walk.over(y.shape(), x.layout(), y.layout()); w.more(); w.next()) {
      y.copy(w.at(1), x, w.at(0));
    }
  }

  /**
   * Writes elements {@code from} to {@code to - 1}, counted in row-major order, of {@code y}. Each
   * depends on its number alone, so the range may be split among threads.
   */
  public static void dropout(ElementwiseOp.Dropout op, Tensor x, Tensor y, long from, long to) {
    dropout(op, Elements.of(x), Elements.of(y), from, to);
  }

  private static void dropout(
      ElementwiseOp.Dropout op, Elements x, Elements y, long from, long to) {
    Philox random = new Philox(op.key());
    double exact = 1 / (1 - op.p());
    double scale = y.dtype() == DType.F64 ? exact : (float) exact;
    Walk w = Walk.over(y.shape(), x.layout(), y.layout()).from(from);
    for (; w.number() < to; w.next()) {
      boolean dropped = random.uniform(w.number()) < op.p();
      y.set(w.at(1), dropped ? 0 : x.get(w.at(0)) * scale);
    }
  }
}
