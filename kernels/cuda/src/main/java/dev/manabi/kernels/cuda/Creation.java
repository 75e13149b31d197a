package dev.manabi.kernels.cuda;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.CreateOp;

/** Ops that make a tensor from their own parameters. */
final class Creation {
  private Creation() {}

  static void run(Gpu gpu, CreateOp op, Tensor y) {
    switch (op) {
      case CreateOp.Fill fill -> Copies.fill(gpu, y, fill.value());
      case CreateOp.Range range -> {
        Walk w = Walk.inOrder(y.shape(), y.layout());
        gpu.call("create", y.dtype(), "range")
            .walk(w)
            .tensor(y)
            .f64(range.start())
            .f64(range.step())
            .each(w.count());
      }
      case CreateOp.Random random -> random(gpu, random, y);
    }
  }

  private static void random(Gpu gpu, CreateOp.Random op, Tensor y) {
    Walk w = Walk.inOrder(y.shape(), y.layout());
    String kernel =
        switch (op.distribution()) {
          case UNIFORM -> "random_uniform";
          case NORMAL -> "random_normal";
          case INTEGER -> "random_integer";
        };
    Call call = gpu.call("create", y.dtype(), kernel).walk(w).tensor(y);
    switch (op.distribution()) {
      case UNIFORM, NORMAL -> call.f64(op.a()).f64(op.b());
      case INTEGER -> call.i64((long) op.a()).i64((long) op.b());
    }
    call.i64(op.key().seed())
        .i64(op.key().stream())
        .address(gpu.replay().address())
        .each(w.count());
  }
}
