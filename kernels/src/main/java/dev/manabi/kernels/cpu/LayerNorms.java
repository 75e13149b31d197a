package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.NormOp;
import java.util.function.IntPredicate;

/**
 * Layer norm: the reduced axes are those along which weight and bias vary. The input is brought
 * into rows of the reduced axes, and a row, or a block of rows, is read from memory once.
 */
final class LayerNorms {
  private static final float[] NONE = {};

  private LayerNorms() {}

  /** Weight varies along reduced axes only. */
  static boolean fits(NormOp op, Tensor x, Tensor weight) {
    for (int i = 0; i < x.rank(); i++) {
      if (weight.size(i) > 1 && !op.axes().contains(i)) {
        return false;
      }
    }
    return true;
  }

  static void run(NormOp op, Tensor[] in, Tensor[] out) {
    try (var operands = new Operands()) {
      switch (op) {
        case NormOp.Norm n -> forward(n, in, out, operands);
        case NormOp.NormGrad g -> gradient(g, in, out, operands);
      }
    }
  }

  /** A layout of the shape of {@code x} with the reduced axes innermost, in x's order otherwise. */
  private static Layout inRows(NormOp op, Layout x) {
    Ints order = Operands.memoryOrder(x);
    int[] axes = new int[order.size()];
    int n = 0;
    for (boolean reduced : new boolean[] {false, true}) {
      for (int i = 0; i < axes.length; i++) {
        if (op.axes().contains(order.get(i)) == reduced) {
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
    static Rows of(NormOp op, Tensor x) {
      Layout layout = inRows(op, x.layout());
      MemoryAxes axes = new MemoryAxes(layout);
      IntPredicate kept = i -> !op.axes().contains(i);
      int size = axes.count(op.axes()::contains);
      return new Rows(layout, axes, kept, size, x.numel() / size);
    }

    int block() {
      return Math.max(1, Reduction.BLOCK / size);
    }

    Shape blocks(int planes) {
      return Shape.of((int) Math.ceilDiv(count, block()), planes, size);
    }
  }

  private static void forward(NormOp.Norm op, Tensor[] in, Tensor[] out, Operands operands) {
    Rows rows = Rows.of(op, in[0]);
    Tensor x = operands.as(in[0], rows.layout);
    Tensor y = operands.target(out[0], rows.layout);
    float[] affine = affine(op, rows, in[1], in[2]);
    double[] means = new double[(int) rows.count];
    double[] rstds = new double[(int) rows.count];
    Parallel.forRange(
        rows.count,
        rows.block(),
        (from, to) -> {
          float[] own = new float[2];
          for (long r = from; r < to; r++) {
            long at = 4 * r * rows.size;
            int k = (int) r;
            statistics(x.address() + at, rows.size, op.eps(), means, rstds, k);
            own[0] = (float) means[k];
            own[1] = (float) rstds[k];
            Formula.LAYER_NORM.run(
                x.address() + at,
                x.address() + at,
                y.address() + at,
                rows.size,
                own,
                affine,
                rows.size,
                0);
          }
        });
    rows.axes.write(means, out[1]);
    rows.axes.write(rstds, out[2]);
  }

  private static void statistics(
      long x, int n, double eps, double[] means, double[] rstds, int at) {
    double[] moments = new double[3];
    new Moments(x).run(0, n, 0, moments, 1, 0);
    means[at] = moments[1];
    rstds[at] = 1 / Math.sqrt(moments[2] / n + eps);
  }

  /** The constants of every element of a row, one plane for each tensor. */
  private static float[] affine(NormOp op, Rows rows, Tensor... tensors) {
    float[] planes = new float[tensors.length * rows.size];
    for (int k = 0; k < tensors.length; k++) {
      float[] plane = rows.axes.read(tensors[k], op.axes()::contains);
      System.arraycopy(plane, 0, planes, k * rows.size, rows.size);
    }
    return planes;
  }

  private static void gradient(NormOp.NormGrad op, Tensor[] in, Tensor[] out, Operands operands) {
    Rows rows = Rows.of(op, in[1]);
    Tensor g = operands.as(in[0], rows.layout);
    Tensor x = operands.as(in[1], rows.layout);
    Tensor y = operands.target(out[0], rows.layout);
    float[] weight = affine(op, rows, in[2]);
    float[] means = rows.axes.read(in[3], rows.kept);
    float[] rstds = rows.axes.read(in[4], rows.kept);
    int block = rows.block();
    long blocks = Math.ceilDiv(rows.count, block);
    double[] sums = new double[Math.toIntExact(2 * blocks * rows.size)];
    Parallel.forRange(
        blocks,
        1,
        (from, to) -> {
          for (long b = from; b < to; b++) {
            long first = b * block;
            int n = (int) Math.min(block, rows.count - first);
            long at = 4 * first * rows.size;
            new RowGradients(rows.size, g.address() + at, x.address() + at, y.address() + at)
                .run(n, weight, means, rstds, (int) first, sums, (int) (2 * b * rows.size));
          }
        });
    double[] total = new double[2 * rows.size];
    for (int b = 0; b < blocks; b++) {
      Fold.SUM.join(total, 0, sums, 2 * b * rows.size, 2 * rows.size);
    }
    rows.axes.write(java.util.Arrays.copyOf(total, rows.size), out[1]);
    rows.axes.write(java.util.Arrays.copyOfRange(total, rows.size, 2 * rows.size), out[2]);
  }

  /** A block of rows of the gradient, from their addresses. */
  private record RowGradients(int size, long g, long x, long y) {

    /** Writes gradX and adds the block's share of gradWeight and gradBias to {@code sums[at..]}. */
    void run(
        int n, float[] weight, float[] means, float[] rstds, int first, double[] sums, int at) {
      float[] own = new float[4];
      for (int r = 0; r < n; r++) {
        long row = 4L * r * size;
        own[0] = means[first + r];
        own[1] = rstds[first + r];
        // The gradient's memory holds the terms of gradWeight until they are summed.
        Formula.TIMES_NORMAL.run(x + row, g + row, y + row, size, own, NONE, 0, 0);
      }
      Fold.SUM.columns(y, y, n, size, size, NONE, 0, sums, at);
      Fold.SUM.columns(g, g, n, size, size, NONE, 0, sums, at + size);
      for (int r = 0; r < n; r++) {
        gradInput(4L * r * size, weight, means[first + r], rstds[first + r], own);
      }
    }

    private void gradInput(long row, float[] weight, float mean, double rstd, float[] own) {
      Formula.WEIGHTED.run(g + row, g + row, y + row, size, NONE, weight, size, 0);
      double sumH = Fold.SUM.run(y + row, y + row, size, 0);
      double sumHd = Fold.DOT_DEVIATIONS.run(y + row, x + row, size, mean);
      own[0] = mean;
      own[1] = (float) rstd;
      own[2] = (float) (-rstd * rstd * rstd * sumHd / size);
      own[3] = (float) (-rstd * sumH / size);
      Formula.NORM_GRAD_RUN.run(x + row, y + row, y + row, size, own, NONE, 0, 0);
    }
  }
}
