package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ViewOp;
import java.util.Arrays;

/** Kernels of {@link IndexOp}: moves of any type, sums of f32, and of any type over whole axes. */
final class Indexes {
  private Indexes() {}

  static void run(IndexOp op, Tensor[] in, Tensor[] out) {
    if (!isFast(op, in[0].dtype()) || out[0].numel() == 0) {
      CpuBackend.reference(op, in, out);
      return;
    }
    Tensor y = out[0];
    try (var operands = new Operands()) {
      switch (op) {
        case IndexOp.IndexSelect o -> Selections.select(o, in[0], in[1], y, operands);
        case IndexOp.IndexAdd o -> Selections.add(o, in[0], in[1], y, operands);
        case IndexOp.Gather o -> AxisMoves.gather(o, o.axis(), in[0], in[1], y);
        case IndexOp.Scatter o -> {
          Copies.run(in[0], y);
          AxisMoves.scatter(o, o.axis(), in[2], in[1], y);
        }
        case IndexOp.ScatterAdd o -> {
          Copies.run(in[0], y);
          AxisMoves.scatterAdd(o, o.axis(), in[2], in[1], y);
        }
        case IndexOp.Cat o -> cat(o.axis(), in, y);
        case IndexOp.Pad o -> pad(o, in[0], y);
        case IndexOp.NonZero o ->
            NonZeros.run(o.count(), operands.rowMajor(in[0]), operands.rowMajorTarget(y));
        case IndexOp.ViewScatter o -> viewScatter(o.view(), in[0], y, operands);
      }
    }
  }

  private static boolean isFast(IndexOp op, DType dtype) {
    return switch (op) {
      case IndexOp.IndexAdd _, IndexOp.ScatterAdd _ -> dtype == DType.F32;
      case IndexOp.ViewScatter o -> !(o.view() instanceof ViewOp.Expand) || !Widened.isHalf(dtype);
      case IndexOp.IndexSelect _, IndexOp.Gather _, IndexOp.Scatter _ -> true;
      case IndexOp.Cat _, IndexOp.Pad _, IndexOp.NonZero _ -> true;
    };
  }

  /** Elements {@code [from, from + n)} along {@code axis}. */
  static Tensor slice(Tensor t, int axis, int from, int n) {
    int[] starts = new int[t.rank()];
    int[] steps = new int[t.rank()];
    Arrays.fill(steps, 1);
    starts[axis] = from;
    Ints sizes = Ints.of(t.shape().with(axis, n).toArray());
    return t.withLayout(t.layout().slice(Ints.of(starts), sizes, Ints.of(steps)));
  }

  private static void fill(Tensor y, double value) {
    if (y.numel() > 0) {
      Creation.run(new CreateOp.Fill(y.shape(), y.dtype(), value), y);
    }
  }

  private static void cat(int axis, Tensor[] in, Tensor y) {
    int at = 0;
    for (Tensor x : in) {
      Copies.run(x, slice(y, axis, at, x.size(axis)));
      at += x.size(axis);
    }
  }

  /** Fills what is before and after along each axis, of what the axes before have left over. */
  private static void pad(IndexOp.Pad op, Tensor x, Tensor y) {
    Tensor inside = y;
    for (int axis = 0; axis < x.rank(); axis++) {
      int before = op.before().get(axis);
      int after = op.after().get(axis);
      fill(slice(inside, axis, 0, before), op.value());
      fill(slice(inside, axis, before + x.size(axis), after), op.value());
      inside = slice(inside, axis, before, x.size(axis));
    }
    Copies.run(x, inside);
  }

  private static void viewScatter(ViewOp view, Tensor g, Tensor out, Operands operands) {
    Tensor y = operands.rowMajorTarget(out);
    switch (view) {
      case ViewOp.Expand _ -> sumTo(g, y);
      case ViewOp.Reshape _, ViewOp.Permute _ ->
          Copies.run(g, y.withLayout(view.apply(y.layout())));
      case ViewOp.Slice _, ViewOp.Diagonal _ -> {
        fill(y, 0);
        Copies.run(g, y.withLayout(view.apply(y.layout())));
      }
    }
  }

  /** Sums {@code g} over the axes along which {@code y}, which is row-major, was repeated. */
  private static void sumTo(Tensor g, Tensor y) {
    int[] dims = new int[g.rank()];
    int[] repeated = new int[g.rank()];
    int n = 0;
    int lead = g.rank() - y.rank();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = i < lead ? 1 : y.size(i - lead);
      if (g.size(i) != dims[i] || i < lead) {
        repeated[n++] = i;
      }
    }
    Tensor kept = y.withLayout(contiguousAt(y.layout(), Shape.of(dims)));
    Ints axes = Ints.of(Arrays.copyOf(repeated, n));
    Tensor[] in = {g};
    Tensor[] out = {kept};
    ReduceOp sum = new ReduceOp.Reduce(ReduceOp.ReduceFn.SUM, axes, true);
    if (g.dtype().isFloating()) {
      CpuBackend.dispatch(sum, in, out);
    } else {
      // A sum of integers is i64 elsewhere; here it keeps the low bits.
      CpuBackend.reference(sum, in, out);
    }
  }

  private static Layout contiguousAt(Layout y, Shape shape) {
    return Layout.of(shape, Layout.contiguous(shape).strides(), y.offset());
  }
}
