package dev.manabi.kernels.reference;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.CreateOp;

/** Ops that make a tensor from their own parameters. */
public final class Creation {
  private Creation() {}

  static void run(CreateOp op, Elements y) {
    switch (op) {
      case CreateOp.Fill fill -> y.fill(fill.value());
      case CreateOp.Range range -> range(range, y, 0, range.count());
      case CreateOp.Random random -> random(random, y, 0, y.shape().numel());
    }
  }

  /** Writes elements {@code from} to {@code to - 1} of the range {@code y}. */
  public static void range(CreateOp.Range op, Tensor y, long from, long to) {
    range(op, Elements.of(y), from, to);
  }

  private static void range(CreateOp.Range op, Elements y, long from, long to) {
    for (long i = from; i < to; i++) {
      y.set(y.at(i), op.start() + i * op.step());
    }
  }

  /**
   * Writes elements {@code from} to {@code to - 1}, counted in row-major order, of the random
   * tensor {@code y}. Each depends on its number alone, so the range may be split among threads.
   */
  public static void random(CreateOp.Random op, Tensor y, long from, long to) {
    random(op, Elements.of(y), from, to);
  }

  private static void random(CreateOp.Random op, Elements y, long from, long to) {
    Philox philox = new Philox(op.key());
    for (Walk w = Walk.over(y.layout()).from(from); w.number() < to; w.next()) {
      y.set(w.at(0), number(op, philox, w.number()));
    }
  }

  private static double number(CreateOp.Random op, Philox philox, long i) {
    boolean f64 = op.dtype() == DType.F64;
    return switch (op.distribution()) {
      case UNIFORM -> op.a() + (op.b() - op.a()) * (f64 ? philox.uniform53(i) : philox.uniform(i));
      case NORMAL -> op.a() + op.b() * (f64 ? philox.normal53(i) : philox.normal(i));
      case INTEGER -> philox.integer(i, (long) op.a(), (long) op.b());
    };
  }
}
