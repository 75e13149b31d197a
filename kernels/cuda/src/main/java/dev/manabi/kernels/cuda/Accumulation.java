package dev.manabi.kernels.cuda;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ViewOp;

/**
 * Ops that add where places may repeat. The sums are made in integers, so they have the same bits
 * in every run, however the device orders its threads: {@code accumulate.cu}.
 */
final class Accumulation {
  /** Bits of a sum below its sign, less one to spare for the rounding of every addition. */
  private static final int SUM_BITS = 62;

  private Accumulation() {}

  /**
   * {@code Sums} of {@code accumulate.cu}.
   *
   * @param layout where the sums of {@code y} lie
   */
  private record Sums(
      Layout layout, long parts, long largest, long count, int bits, boolean measuring) {
    /** These in the pass that notes the largest exponents. */
    Sums measured() {
      return new Sums(layout, parts, largest, count, bits, true);
    }

    Call passTo(Call call) {
      return call.alignStruct().address(parts).address(largest).i64(count).i32(bits).i32(measuring);
    }
  }

  /** One pass over all that is added. */
  private interface Additions {
    void addTo(Sums sums);
  }

  static void indexAdd(Gpu gpu, String op, int axis, Tensor g, Tensor index, Tensor y) {
    into(
        gpu,
        y,
        g.numel(),
        sums -> {
          Layout at = Indexes.alone(index.layout(), axis, g.shape());
          Layout to = Indexes.spread(sums.layout(), axis, index.layout());
          Walk w = Walk.over(g.shape(), g.layout(), at, to);
          long stride = sums.layout().stride(axis);
          addAt(gpu, op, w, g, index, sums, stride, y.shape().dim(axis));
        });
  }

  static void scatterAdd(Gpu gpu, String op, int axis, Tensor[] in, Tensor y) {
    Tensor index = in[1];
    Tensor source = in[2];
    Shape shape = index.shape();
    into(
        gpu,
        y,
        shape.numel() + 1,
        sums -> {
          addAll(gpu, in[0], sums, sums.layout());
          Layout from = Indexes.corner(source.layout(), shape);
          Layout to = Indexes.standing(sums.layout(), axis, shape);
          Walk w = Walk.over(shape, from, index.layout(), to);
          long stride = sums.layout().stride(axis);
          addAt(gpu, op, w, source, index, sums, stride, y.shape().dim(axis));
        });
  }

  static void planeScatter(Gpu gpu, String op, Tensor g, Tensor index, Tensor y) {
    long plane = (long) y.shape().dim(2) * y.shape().dim(3);
    into(
        gpu,
        y,
        g.numel(),
        sums -> {
          Layout to = Indexes.inPlane(sums.layout(), g.shape());
          Walk w = Walk.over(g.shape(), g.layout(), index.layout(), to);
          addAt(gpu, op, w, g, index, sums, 1, plane);
        });
  }

  static void viewScatter(Gpu gpu, ViewOp view, Tensor g, Tensor y) {
    if (view instanceof ViewOp.Expand) {
      into(gpu, y, g.numel(), sums -> addAll(gpu, g, sums, view.apply(sums.layout())));
    } else if (y.layout().isContiguous()) {
      Copies.fill(gpu, y, 0);
      Copies.copy(gpu, g, y.withLayout(view.apply(y.layout())));
    } else {
      // Not every view can be had of strides with gaps.
      try (Scratch scratch = Scratch.of(gpu, y.dtype(), Layout.contiguous(y.shape()))) {
        viewScatter(gpu, view, g, scratch.tensor());
        Copies.copy(gpu, scratch.tensor(), y);
      }
    }
  }

  private static void addAt(
      Gpu gpu, String op, Walk w, Tensor g, Tensor index, Sums sums, long stride, long size) {
    Call call =
        gpu.call("accumulate", g.dtype(), "add_at")
            .walk(w)
            .tensor(g)
            .tensor(index)
            .i32(index.dtype() == DType.I64);
    sums.passTo(call).i64(stride).i64(size).faults(op).each(w.count());
  }

  /** Adds each element of {@code x} to the sum that {@code seen} has in its place. */
  private static void addAll(Gpu gpu, Tensor x, Sums sums, Layout seen) {
    Walk w = Walk.over(x.shape(), x.layout(), seen);
    Call call = gpu.call("accumulate", x.dtype(), "add_all").walk(w).tensor(x);
    sums.passTo(call).each(w.count());
  }

  /**
   * Makes {@code y} of what is added.
   *
   * @param most how many additions one sum can get
   */
  private static void into(Gpu gpu, Tensor y, long most, Additions additions) {
    DType dtype = y.dtype();
    long count = y.numel();
    long parts = count * Long.BYTES * (dtype == DType.F64 ? 2 : 1);
    long bytes = parts + (dtype.isFloating() ? count * Integer.BYTES : 0);
    if (count == 0) {
      return;
    }
    Layout layout = Layout.contiguous(y.shape());
    int bits = SUM_BITS - (Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, most - 1)));
    gpu.withScratch(
        bytes,
        scratch -> {
          gpu.context().fill(scratch, (byte) 0, bytes);
          Sums sums = new Sums(layout, scratch, scratch + parts, count, bits, false);
          if (dtype.isFloating()) {
            additions.addTo(sums.measured());
          }
          additions.addTo(sums);
          Walk w = Walk.over(y.shape(), layout, y.layout());
          Call call = gpu.call("accumulate", dtype, "store_sums").walk(w);
          sums.passTo(call).tensor(y).each(w.count());
        });
  }
}
