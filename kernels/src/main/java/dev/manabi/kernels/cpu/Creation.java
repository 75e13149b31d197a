package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.run.Interpreter;
import java.lang.ref.Reference;

/** Ops that make a tensor from their own parameters. */
final class Creation {
  private Creation() {}

  static void run(CreateOp op, Tensor y) {
    switch (op) {
      case CreateOp.Fill fill -> fill(fill, y);
      case CreateOp.Range range ->
          Parallel.forRange(y.numel(), Sweep.GRAIN / 8, (from, to) -> range(range, y, from, to));
      case CreateOp.Random random -> random(random, y);
    }
  }

  private static void fill(CreateOp.Fill op, Tensor y) {
    Tensor value = constant(op.dtype(), op.value(), y);
    Copies.run(value, y);
    value.storage().release();
  }

  /** A tensor of one element, which broadcasts to any shape; the caller releases it. */
  static Tensor constant(DType dtype, double value, Tensor beside) {
    Tensor t = Interpreter.allocate(TensorSpec.of(Shape.of(), dtype), beside.device());
    Cell.of(dtype).putDouble(t.address(), value);
    return t;
  }

  private static void range(CreateOp.Range op, Tensor y, long from, long to) {
    boolean lanes = op.dtype() == DType.F32 && y.layout().isContiguous();
    long rest = lanes ? RangeLoop.run(op, y.address(), from, to) : from;
    dev.manabi.kernels.reference.Creation.range(op, y, rest, to);
  }

  private static void random(CreateOp.Random op, Tensor y) {
    boolean lanes = op.dtype() == DType.F32 && y.layout().isContiguous();
    if (lanes && op.distribution() == CreateOp.Distribution.UNIFORM && PhiloxLanes.pay(y.numel())) {
      uniform(op, y);
    } else if (lanes
        && op.distribution() == CreateOp.Distribution.NORMAL
        && NormalLoops.pay(y.numel())) {
      normal(op, y);
    } else {
      Parallel.forRange(
          y.numel(),
          Sweep.GRAIN / 8,
          (from, to) -> dev.manabi.kernels.reference.Creation.random(op, y, from, to));
    }
  }

  private static void normal(CreateOp.Random op, Tensor y) {
    long address = y.address();
    Parallel.forRange(y.numel(), Sweep.GRAIN, (from, to) -> NormalLoops.run(op, address, from, to));
    Reference.reachabilityFence(y);
  }

  private static void uniform(CreateOp.Random op, Tensor y) {
    UniformLoop kernel = new UniformLoop(op.a(), op.b());
    long address = y.address();
    Parallel.forRange(
        y.numel(),
        Sweep.GRAIN,
        (from, to) -> {
          Scratch s = Scratch.get();
          for (long i = from; i < to; i += Scratch.CHUNK) {
            int n = (int) Math.min(Scratch.CHUNK, to - i);
            PhiloxLanes.words(op.key(), i, s.staged(0), n);
            s.put(0, s.staged(0), Integer.BYTES);
            s.put(1, address + i * Float.BYTES, Float.BYTES);
            s.run(kernel, 1, 2, n);
          }
        });
    Reference.reachabilityFence(y);
  }
}
