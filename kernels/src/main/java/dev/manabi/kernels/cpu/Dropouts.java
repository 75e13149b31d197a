package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.RandomKey;
import dev.manabi.tensor.run.Interpreter;
import java.lang.ref.Reference;

/** Dropout: the random words are drawn again while the elements pass. */
final class Dropouts {
  private Dropouts() {}

  static void run(ElementwiseOp.Dropout op, Tensor x, Tensor y) {
    boolean inOrder = x.layout().isContiguous() && y.layout().isContiguous();
    if (x.dtype() == DType.F64) {
      Parallel.forRange(
          y.numel(),
          Sweep.GRAIN / 8,
          (from, to) -> dev.manabi.kernels.reference.Elementwise.dropout(op, x, y, from, to));
    } else if (inOrder && x.dtype() == DType.F32) {
      fused(op, x, y);
    } else {
      // Words are numbered in row-major order; a tensor of them lets the sweep find each element's.
      Tensor words = words(op.key(), y);
      Sweep.runWidened(DropoutLoop.of(op.p()), new Tensor[] {x, words}, y);
      words.storage().release();
    }
  }

  private static void fused(ElementwiseOp.Dropout op, Tensor x, Tensor y) {
    DropoutLoop kernel = DropoutLoop.of(op.p());
    long from = x.address();
    long to = y.address();
    boolean atOnce = PhiloxLanes.pay(y.numel());
    Parallel.forRange(
        y.numel(),
        Sweep.GRAIN,
        (first, end) -> {
          long whole = atOnce ? (end - first) & -PhiloxLanes.WORDS : 0;
          long at = first * Float.BYTES;
          PhiloxLanes.dropout(op.key(), first, from + at, to + at, whole, kernel);
          chunks(op.key(), kernel, from, to, first + whole, end);
        });
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(y);
  }

  /** The elements from {@code first} to {@code end - 1}, their words first. */
  private static void chunks(
      RandomKey key, DropoutLoop kernel, long x, long y, long first, long end) {
    Scratch s = Scratch.get();
    for (long i = first; i < end; i += Scratch.CHUNK) {
      int n = (int) Math.min(Scratch.CHUNK, end - i);
      PhiloxLanes.words(key, i, s.staged(1), n);
      s.put(0, x + i * Float.BYTES, Float.BYTES);
      s.put(1, s.staged(1), Integer.BYTES);
      s.put(2, y + i * Float.BYTES, Float.BYTES);
      s.run(kernel, 2, 3, n);
    }
  }

  private static Tensor words(RandomKey key, Tensor y) {
    Tensor words = Interpreter.allocate(TensorSpec.of(y.shape(), DType.I32), y.device());
    long address = words.address();
    Parallel.forRange(
        y.numel(),
        Sweep.GRAIN,
        (first, end) -> {
          Scratch s = Scratch.get();
          for (long i = first; i < end; i += Scratch.CHUNK) {
            long n = Math.min(Scratch.CHUNK, end - i);
            PhiloxLanes.words(key, i, s.staged(1), (int) n);
            Moves.copy(s.staged(1), address + i * Integer.BYTES, n * Integer.BYTES);
          }
        });
    return words;
  }
}
