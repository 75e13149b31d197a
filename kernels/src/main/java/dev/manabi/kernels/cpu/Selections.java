package dev.manabi.kernels.cpu;

import dev.manabi.kernels.reference.Indexing;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.IndexOp;

/** Look-up of whole slices along an axis, and its transpose. */
final class Selections {
  private static final float[] NONE = {};

  /** Columns of a slice that are added up together: what one thread works on. */
  private static final long BLOCK_COLS = 128;

  private Selections() {}

  /** {@code y[a.., i.., b..] = x[a.., index[i..], b..]} of any type. */
  static void select(IndexOp.IndexSelect op, Tensor x, Tensor index, Tensor y, Operands operands) {
    int axis = op.axis();
    int end = axis + index.rank();
    Tensor rowMajorIndex = operands.rowMajor(index);
    Nest outer = pair(part(x, 0, axis), part(y, 0, axis));
    Nest inner = pair(part(x, axis + 1, x.rank()), part(y, end, y.rank()));
    Nest slots = pair(part(y, axis, end), part(y, axis, end));
    long count = index.numel();
    long step = x.layout().stride(axis) * x.dtype().bytes();
    long work = Math.max(1, part(y, end, y.rank()).numel());
    Parallel.forRange(
        part(y, 0, axis).numel() * count,
        Math.max(1, Reduction.BLOCK / work),
        (from, to) -> {
          for (long unit = from; unit < to; unit++) {
            long slot = unit % count;
            long at = Native.getLong(rowMajorIndex.address() + 8 * slot);
            check(op, at, axis, x.size(axis));
            long source = x.address() + outer.offset(0, unit / count) + at * step;
            long target = y.address() + outer.offset(1, unit / count) + slots.offset(1, slot);
            copy(x.dtype().bytes(), inner, source, target);
          }
        });
  }

  /** The axes {@code [from, to)} of {@code t}, beginning where it does. */
  private static Tensor part(Tensor t, int from, int to) {
    return t.withLayout(t.layout().permute(Ints.range(from, to)));
  }

  private static Nest pair(Tensor x, Tensor y) {
    return Nest.over(y.shape(), new Tensor[] {x, y});
  }

  private static void copy(int bytes, Nest nest, long source, long target) {
    long n = nest.inner();
    long rows = 1;
    for (int d = 0; d < nest.depth - 1; d++) {
      rows *= nest.size[d];
    }
    for (long r = 0; r < rows; r++) {
      long from = source + nest.offset(0, r * n);
      long to = target + nest.offset(1, r * n);
      Moves.row(bytes, from, nest.innerStride(0), to, nest.innerStride(1), n);
    }
  }

  /**
   * Adds {@code g [a.., i.., b..]} to zeros {@code y [a.., size, b..]} at the indices; f32. The
   * slices of one index are added in their order, whichever thread does it.
   */
  static void add(
      IndexOp.IndexAdd op, Tensor gradient, Tensor indices, Tensor out, Operands operands) {
    Tensor g = operands.rowMajor(gradient);
    Tensor index = operands.rowMajor(indices);
    Tensor y = operands.rowMajorTarget(out);
    Shape shape = y.shape();
    long outer = part(y, 0, op.axis()).numel();
    long cols = part(y, op.axis() + 1, shape.rank()).numel();
    long blocks = Math.ceilDiv(cols, BLOCK_COLS);
    Moves.fill(4, 0, y.address(), y.numel());
    Parallel.forRange(
        outer * blocks,
        Math.max(1, Reduction.BLOCK / Math.max(1, index.numel() * Math.min(cols, BLOCK_COLS))),
        (from, to) -> {
          for (long unit = from; unit < to; unit++) {
            long first = unit % blocks * BLOCK_COLS;
            long n = Math.min(BLOCK_COLS, cols - first);
            long source = g.address() + 4 * (unit / blocks * index.numel() * cols + first);
            long target = y.address() + 4 * (unit / blocks * op.size() * cols + first);
            addSlices(op, index, source, target, cols, n);
          }
        });
  }

  private static void addSlices(
      IndexOp.IndexAdd op, Tensor index, long source, long target, long cols, long n) {
    for (long i = 0; i < index.numel(); i++) {
      long at = Native.getLong(index.address() + 8 * i);
      check(op, at, op.axis(), op.size());
      long to = target + 4 * at * cols;
      Formula.SUM.run(source + 4 * i * cols, to, to, n, NONE, NONE, 0, 0);
    }
  }

  private static void check(IndexOp op, long index, int axis, int size) {
    if (index < 0 || index >= size) {
      throw Indexing.outside(op, index, "axis " + axis, size);
    }
  }
}
