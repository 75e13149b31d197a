package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.NormOp;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Layer norm: the reduced axes are those along which weight and bias vary. The input is brought
 * into rows of the reduced axes, and a row, or a block of rows, is read from memory once.
 */
final class LayerNorms {
  /** Parts of the rows whose sums are kept apart: enough to spread over threads. */
  private static final int PARTS = 64;

  private LayerNorms() {}

  /** Weight varies along reduced axes only. */
  static boolean fits(Ints axes, Tensor x, Tensor weight) {
    for (int i = 0; i < x.rank(); i++) {
      if (weight.size(i) > 1 && !axes.contains(i)) {
        return false;
      }
    }
    return true;
  }

  /** A layout of the shape of {@code x} with the reduced axes innermost, in x's order otherwise. */
  private static Layout inRows(Ints reduced, Layout x) {
    Ints order = Operands.memoryOrder(x);
    int[] axes = new int[order.size()];
    int n = 0;
    for (boolean last : new boolean[] {false, true}) {
      for (int i = 0; i < axes.length; i++) {
        if (reduced.contains(order.get(i)) == last) {
          axes[n++] = order.get(i);
        }
      }
    }
    long[] strides = new long[axes.length];
    long step = 1;
    for (int i = axes.length - 1; i >= 0; i--) {
      strides[axes[i]] = step;
      step *= x.shape().dim(axes[i]);
    }
    return Layout.of(x.shape(), strides, 0);
  }

  /** Rows of equal length, and how many of them make a block. */
  private record Rows(Layout layout, MemoryAxes axes, IntPredicate kept, int size, long count) {
    static Rows of(Ints reduced, Tensor x) {
      Layout layout = inRows(reduced, x.layout());
      MemoryAxes axes = new MemoryAxes(layout);
      IntPredicate kept = i -> !reduced.contains(i);
      int size = axes.count(reduced::contains);
      return new Rows(layout, axes, kept, size, x.numel() / size);
    }

    int block() {
      return Math.max(1, Reduction.BLOCK / size);
    }
  }

  static void forward(NormOp.Norm op, Tensor[] in, Tensor[] out, Operands operands) {
    Rows rows = Rows.of(op.axes(), in[0]);
    Tensor x = operands.as(in[0], rows.layout);
    Tensor y = operands.target(out[0], rows.layout);
    float[] weight = affine(op.axes(), rows, in[1]);
    float[] bias = affine(op.axes(), rows, in[2]);
    var loop = new LayerNormLoop(rows.size, weight, bias);
    double[] means = new double[(int) rows.count];
    double[] rstds = new double[(int) rows.count];
    ProductSums squares = ProductSums.squares(x.address());
    Parallel.forRange(
        rows.count,
        rows.block(),
        (from, to) -> {
          double[] sums = new double[2];
          squares.run(from * rows.size, rows.size, 0, sums, 1, 0);
          for (long r = from; r < to; r++) {
            int k = (int) r;
            means[k] = sums[0] / rows.size;
            rstds[k] = Norms.rstd(means[k], sums[1] / rows.size, op.eps());
            long at = 4 * r * rows.size;
            long next = r + 1 < to ? at + 4L * rows.size : at;
            loop.row(
                x.address() + at,
                y.address() + at,
                (float) means[k],
                (float) rstds[k],
                x.address() + next,
                sums);
          }
        });
    rows.axes.write(means, out[1]);
    rows.axes.write(rstds, out[2]);
  }

  /** A tensor that varies along reduced axes only, for every element of a row. */
  private static float[] affine(Ints axes, Rows rows, Tensor t) {
    float[] plane = rows.axes.read(t, axes::contains);
    return Arrays.copyOf(plane, Math.ceilDiv(rows.size, Simd.COUNT) * Simd.COUNT);
  }

  static void gradient(NormOp.NormGrad op, Tensor[] in, Tensor[] out, Operands operands) {
    Rows rows = Rows.of(op.axes(), in[1]);
    Tensor g = operands.as(in[0], rows.layout);
    Tensor x = operands.as(in[1], rows.layout);
    Tensor y = operands.target(out[0], rows.layout);
    int plane = Math.ceilDiv(rows.size, Simd.COUNT) * Simd.COUNT;
    var loop = new LayerNormGradLoop(rows.size, plane, affine(op.axes(), rows, in[2]));
    float[] means = rows.axes.read(in[3], rows.kept);
    float[] rstds = rows.axes.read(in[4], rows.kept);
    long block = Math.max(rows.block(), Math.ceilDiv(rows.count, PARTS));
    double[][] sums = new double[(int) Math.ceilDiv(rows.count, block)][];
    Parallel.forRange(
        rows.count,
        block,
        (from, to) -> {
          double[] part = new double[2 * plane];
          double[] own = new double[2];
          for (long r = from; r < to; r++) {
            long at = 4 * r * rows.size;
            int k = (int) r;
            loop.row(
                g.address() + at,
                x.address() + at,
                y.address() + at,
                means[k],
                rstds[k],
                part,
                own);
          }
          sums[(int) (from / block)] = part;
        });
    double[] total = new double[2 * plane];
    for (double[] part : sums) {
      Fold.SUM.join(total, 0, part, 0, total.length);
    }
    rows.axes.write(Arrays.copyOf(total, rows.size), out[1]);
    rows.axes.write(Arrays.copyOfRange(total, plane, plane + rows.size), out[2]);
  }
}
