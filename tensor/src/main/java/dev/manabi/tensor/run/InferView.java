package dev.manabi.tensor.run;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.ViewOp;
import java.util.Arrays;

/** Inference for {@link ViewOp}: the layout, once the view is known to stay inside its input. */
final class InferView {
  private static final Signature X = Signature.of("x");

  private InferView() {}

  static TensorSpec[] outputs(ViewOp op, TensorSpec[] in) {
    Check.arity(op, in, X);
    return Infer.one(layout(op, in[0]), in[0].dtype());
  }

  static Layout layout(ViewOp op, TensorSpec x) {
    switch (op) {
      case ViewOp.Reshape o -> checkReshape(o, x);
      case ViewOp.Permute o -> checkPermute(o, x);
      case ViewOp.Expand o -> checkExpand(o, x);
      case ViewOp.Slice o -> checkSlice(o, x);
      case ViewOp.Diagonal o -> checkDiagonal(o, x);
    }
    return op.apply(x.layout());
  }

  private static ShapeException.Builder refuse(ViewOp op, String problem, TensorSpec x) {
    return ShapeException.of(op.name(), problem).operand("x", x);
  }

  private static void checkReshape(ViewOp.Reshape op, TensorSpec x) {
    if (op.shape().numel() != x.layout().numel()) {
      String problem =
          "x has %s elements, but the shape %s holds %s"
              .formatted(x.layout().numel(), op.shape(), op.shape().numel());
      throw refuse(op, problem, x).fix("give a shape with as many elements, or -1 for one size");
    }
    if (!x.layout().isContiguous() && x.layout().reshape(op.shape()) == null) {
      throw refuse(
              op,
              ("x lies in memory with strides %s and cannot be seen as %s " + "without a copy")
                  .formatted(Arrays.toString(x.layout().strides()), op.shape()),
              x)
          .fix("x.reshape(..) copies where needed, x.contiguous() always");
    }
  }

  private static void checkPermute(ViewOp.Permute op, TensorSpec x) {
    Ints axes = op.axes();
    boolean good = axes.size() == x.rank();
    for (int i = 0; good && i < x.rank(); i++) {
      good = axes.contains(i);
    }
    if (!good) {
      throw refuse(op, "axes " + axes + " are not an order of the " + x.rank() + " axes of x", x)
          .fix("name every axis from 0 to " + (x.rank() - 1) + " once");
    }
  }

  private static void checkExpand(ViewOp.Expand op, TensorSpec x) {
    int lead = op.shape().rank() - x.rank();
    boolean good = lead >= 0;
    for (int i = 0; good && i < x.rank(); i++) {
      good = x.dim(i) == 1 || x.dim(i) == op.shape().dim(lead + i);
    }
    if (!good) {
      throw refuse(op, "x does not broadcast to " + op.shape(), x)
          .fix("only sizes of 1 grow, and new dimensions come in front; see unsqueeze and repeat");
    }
  }

  private static void checkSlice(ViewOp.Slice op, TensorSpec x) {
    int rank = x.rank();
    if (op.starts().size() != rank || op.sizes().size() != rank || op.steps().size() != rank) {
      String problem =
          ("starts %s, sizes %s and steps %s must have one entry for each " + "of %s axes")
              .formatted(op.starts(), op.sizes(), op.steps(), rank);
      throw refuse(op, problem, x).fix("give " + rank + " starts, sizes and steps");
    }
    for (int i = 0; i < rank; i++) {
      checkSliceAxis(op, x, i);
    }
  }

  private static void checkSliceAxis(ViewOp.Slice op, TensorSpec x, int axis) {
    long start = op.starts().get(axis);
    long size = op.sizes().get(axis);
    long step = op.steps().get(axis);
    long last = start + (size - 1) * step;
    boolean inside =
        size > 0 && start >= 0 && start < x.dim(axis) && last >= 0 && last < x.dim(axis);
    boolean empty = size == 0 && start >= 0 && start <= x.dim(axis);
    if (step == 0 || !(inside || empty)) {
      String problem =
          "axis %s of size %s does not hold %s elements from %s in steps of %s"
              .formatted(axis, x.dim(axis), size, start, step);
      throw refuse(op, problem, x)
          .fix("stay inside 0 .. " + (x.dim(axis) - 1) + ", with a step other than 0");
    }
  }

  private static void checkDiagonal(ViewOp.Diagonal op, TensorSpec x) {
    int a = op.axis1();
    int b = op.axis2();
    if (a < 0 || b < 0 || a >= x.rank() || b >= x.rank() || a == b) {
      throw refuse(
              op,
              "axes " + a + " and " + b + " are not two axes of x, which has rank " + x.rank(),
              x)
          .fix("give two different axes of a tensor of rank 2 or more");
    }
  }
}
