package dev.manabi.kernels.cuda;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ViewOp;
import java.util.function.Consumer;

/** Ops that add where places may repeat, in scratch sums of the type of arithmetic. */
final class Accumulation {
  private Accumulation() {}

  static void indexAdd(Gpu gpu, String op, int axis, Tensor g, Tensor index, Tensor y) {
    intoZeros(
        gpu,
        y,
        sums ->
            addAt(
                gpu,
                op,
                Walk.over(
                    g.shape(),
                    g.layout(),
                    Indexes.alone(index.layout(), axis, g.shape()),
                    Indexes.spread(sums.layout(), axis, index.layout())),
                g,
                index,
                sums,
                sums.layout().stride(axis),
                y.shape().dim(axis)));
  }

  static void scatterAdd(Gpu gpu, String op, int axis, Tensor[] in, Tensor y) {
    Tensor index = in[1];
    Tensor source = in[2];
    Shape shape = index.shape();
    into(
        gpu,
        y,
        sums -> load(gpu, in[0], sums),
        sums ->
            addAt(
                gpu,
                op,
                Walk.over(
                    shape,
                    Indexes.corner(source.layout(), shape),
                    index.layout(),
                    Indexes.standing(sums.layout(), axis, shape)),
                source,
                index,
                sums,
                sums.layout().stride(axis),
                y.shape().dim(axis)));
  }

  static void planeScatter(Gpu gpu, String op, Tensor g, Tensor index, Tensor y) {
    long plane = (long) y.shape().dim(2) * y.shape().dim(3);
    intoZeros(
        gpu,
        y,
        sums ->
            addAt(
                gpu,
                op,
                Walk.over(
                    g.shape(),
                    g.layout(),
                    index.layout(),
                    Indexes.inPlane(sums.layout(), g.shape())),
                g,
                index,
                sums,
                1,
                plane));
  }

  static void viewScatter(Gpu gpu, ViewOp view, Tensor g, Tensor y) {
    intoZeros(
        gpu,
        y,
        sums -> {
          Tensor seen = sums.withLayout(view.apply(sums.layout()));
          Walk w = Walk.over(g.shape(), g.layout(), seen.layout());
          gpu.call("accumulate", y.dtype(), "add_through")
              .walk(w)
              .tensor(g)
              .tensor(seen)
              .each(w.count());
        });
  }

  private static void addAt(
      Gpu gpu, String op, Walk w, Tensor g, Tensor index, Tensor sums, long stride, long size) {
    gpu.call("accumulate", g.dtype(), "add_at")
        .walk(w)
        .tensor(g)
        .tensor(index)
        .i32(index.dtype() == DType.I64)
        .tensor(sums)
        .i64(stride)
        .i64(size)
        .faults(op)
        .each(w.count());
  }

  private static void intoZeros(Gpu gpu, Tensor y, Consumer<Tensor> add) {
    into(gpu, y, sums -> Copies.fill(gpu, sums, 0), add);
  }

  /** Starts sums in the shape of {@code y}, row-major, adds to them, and rounds them into y. */
  private static void into(Gpu gpu, Tensor y, Consumer<Tensor> start, Consumer<Tensor> add) {
    Layout layout = Layout.contiguous(y.shape());
    try (Scratch scratch = Scratch.of(gpu, Axes.arithmetic(y.dtype()), layout)) {
      Tensor sums = scratch.tensor();
      start.accept(sums);
      add.accept(sums);
      Walk w = Walk.over(y.shape(), sums.layout(), y.layout());
      gpu.call("accumulate", y.dtype(), "store_sums")
          .walk(w)
          .tensor(sums)
          .tensor(y)
          .each(w.count());
    }
  }

  private static void load(Gpu gpu, Tensor x, Tensor sums) {
    Walk w = Walk.over(x.shape(), x.layout(), sums.layout());
    gpu.call("accumulate", x.dtype(), "load_sums").walk(w).tensor(x).tensor(sums).each(w.count());
  }
}
