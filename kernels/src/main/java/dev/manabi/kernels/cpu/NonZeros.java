package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;

/** Positions of the non-zero elements: counted in blocks first, so that blocks know their place. */
final class NonZeros {
  private NonZeros() {}

  /** Writes the first {@code count} positions to the row-major i64 {@code y [count, rank]}. */
  static void run(int count, Tensor x, Tensor y) {
    int blocks = Parallel.chunks(x.numel(), Reduction.BLOCK);
    long[] first = new long[blocks + 1];
    Parallel.forRange(
        x.numel(),
        Reduction.BLOCK,
        (from, to) -> first[(int) (from / Reduction.BLOCK) + 1] = count(x, from, to));
    for (int i = 0; i < blocks; i++) {
      first[i + 1] += first[i];
    }
    Parallel.forRange(
        x.numel(),
        Reduction.BLOCK,
        (from, to) -> write(x, from, to, y, first[(int) (from / Reduction.BLOCK)], count));
  }

  private static long count(Tensor x, long from, long to) {
    long n = 0;
    for (long i = from; i < to; i++) {
      n += isZero(x, i) ? 0 : 1;
    }
    return n;
  }

  private static void write(Tensor x, long from, long to, Tensor y, long first, int count) {
    Shape shape = x.shape();
    long row = first;
    for (long i = from; i < to && row < count; i++) {
      if (!isZero(x, i)) {
        long rest = i;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
          Native.putLong(y.address() + 8 * (row * shape.rank() + axis), rest % shape.dim(axis));
          rest /= shape.dim(axis);
        }
        row++;
      }
    }
  }

  /** Zero of either sign, whatever the type. */
  private static boolean isZero(Tensor x, long i) {
    int bytes = x.dtype().bytes();
    long bits = Moves.load(bytes, x.address() + i * bytes);
    return x.dtype().isFloating() ? bits << Long.SIZE - 8 * bytes + 1 == 0 : bits == 0;
  }
}
