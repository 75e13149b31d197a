package dev.manabi.kernels.cpu;

import dev.manabi.kernels.reference.Indexing;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.Op;

/**
 * Gather and scatter: moves between tensors that agree in all axes but one, along which an index
 * says where.
 *
 * <p>Lines along that axis are independent, so they are spread over threads, a few neighbours
 * together; along a line the order is kept, which decides what repeated indices leave behind.
 */
final class AxisMoves {
  /** Lines that are worked on together: few enough that a cache line of each stays in L1. */
  private static final long LINES = 64;

  /** What happens between an element and the place in the indexed tensor that its index names. */
  private enum Kind {
    GATHER,
    SCATTER,
    ADD
  }

  private final Op op;
  private final int axis;
  private final Kind kind;
  private final int bytes;

  /** Size of the indexed tensor along the axis, and bytes from element to element. */
  private final int size;

  private final long step;

  /** The lines: the loops over all other axes. */
  private final Nest lines;

  private final long indexed;
  private final long index;
  private final long other;
  private final long indexStep;
  private final long otherStep;
  private final int length;

  private AxisMoves(Op op, int axis, Kind kind, Tensor indexed, Tensor index, Tensor other) {
    this.op = op;
    this.axis = axis;
    this.kind = kind;
    bytes = other.dtype().bytes();
    size = indexed.size(axis);
    step = indexed.layout().stride(axis) * bytes;
    indexStep = index.layout().stride(axis) * 8;
    otherStep = other.layout().stride(axis) * bytes;
    length = index.size(axis);
    Shape around = index.shape().remove(axis);
    lines =
        Nest.over(
            around,
            new Tensor[] {
              corner(indexed, axis, around),
              corner(index, axis, around),
              corner(other, axis, around)
            });
    this.indexed = indexed.address();
    this.index = index.address();
    this.other = other.address();
  }

  /** The corner of {@code t} of size {@code around}, without {@code axis}. */
  private static Tensor corner(Tensor t, int axis, Shape around) {
    long[] strides = new long[around.rank()];
    for (int i = 0; i < strides.length; i++) {
      strides[i] = t.layout().stride(i < axis ? i : i + 1);
    }
    return t.withLayout(Layout.of(around, strides, t.layout().offset()));
  }

  /** {@code y[.., i, ..] = x[.., index[.., i, ..], ..]}. */
  static void gather(Op op, int axis, Tensor x, Tensor index, Tensor y) {
    new AxisMoves(op, axis, Kind.GATHER, x, index, y).run();
  }

  /** {@code y[.., index[.., i, ..], ..] = source[.., i, ..]}. */
  static void scatter(Op op, int axis, Tensor source, Tensor index, Tensor y) {
    new AxisMoves(op, axis, Kind.SCATTER, y, index, source).run();
  }

  /** {@code y[.., index[.., i, ..], ..] += source[.., i, ..]} of f32. */
  static void scatterAdd(Op op, int axis, Tensor source, Tensor index, Tensor y) {
    new AxisMoves(op, axis, Kind.ADD, y, index, source).run();
  }

  private void run() {
    long inner = lines.inner();
    long pieces = Math.ceilDiv(inner, LINES);
    long outer = 1;
    for (int d = 0; d < lines.depth - 1; d++) {
      outer *= lines.size[d];
    }
    long work = Math.max(1, length * Math.min(inner, LINES));
    Parallel.forRange(
        outer * pieces,
        Math.max(1, Reduction.BLOCK / work),
        (from, to) -> {
          for (long unit = from; unit < to; unit++) {
            long first = unit % pieces * LINES;
            piece(unit / pieces * inner + first, Math.min(LINES, inner - first));
          }
        });
  }

  /** Lines {@code [line, line + n)}, element by element along the axis. */
  private void piece(long line, long n) {
    long a = indexed + lines.offset(0, line);
    long i = index + lines.offset(1, line);
    long b = other + lines.offset(2, line);
    for (int k = 0; k < length; k++) {
      switch (kind) {
        case GATHER -> take(a, i + k * indexStep, b + k * otherStep, n);
        case SCATTER -> put(a, i + k * indexStep, b + k * otherStep, n);
        case ADD -> add(a, i + k * indexStep, b + k * otherStep, n);
      }
    }
  }

  private void take(long a, long i, long b, long n) {
    for (long c = 0; c < n; c++) {
      Moves.one(bytes, place(a, i, c), b + c * lines.innerStride(2));
    }
  }

  private void put(long a, long i, long b, long n) {
    for (long c = 0; c < n; c++) {
      Moves.one(bytes, b + c * lines.innerStride(2), place(a, i, c));
    }
  }

  private void add(long a, long i, long b, long n) {
    for (long c = 0; c < n; c++) {
      long to = place(a, i, c);
      float term = Native.getFloat(b + c * lines.innerStride(2));
      Native.putFloat(to, Native.getFloat(to) + term);
    }
  }

  private long place(long a, long i, long c) {
    long at = Native.getLong(i + c * lines.innerStride(1));
    if (at < 0 || at >= size) {
      throw Indexing.outside(op, at, "axis " + axis, size);
    }
    return a + c * lines.innerStride(0) + at * step;
  }
}
