package dev.manabi.tensor.run;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.IndexOp;

/** Inference for {@link IndexOp}. */
final class InferIndex {
  private static final Signature X = Signature.of("x");
  private static final Signature G = Signature.of("g");
  private static final Signature X_INDEX = Signature.of("x", "index");
  private static final Signature G_INDEX = Signature.of("g", "index");
  private static final Signature SCATTER = Signature.of("x", "index", "source");
  private static final Signature CAT = Signature.of("x*");

  private InferIndex() {}

  static TensorSpec[] outputs(IndexOp op, TensorSpec[] in) {
    return switch (op) {
      case IndexOp.IndexSelect o -> indexSelect(o, in);
      case IndexOp.IndexAdd o -> indexAdd(o, in);
      case IndexOp.Gather o -> gather(o, in);
      case IndexOp.Scatter o -> scatter(o, o.axis(), in);
      case IndexOp.ScatterAdd o -> {
        TensorSpec[] out = scatter(o, o.axis(), in);
        Check.notBool(o, in, 0, SCATTER);
        yield out;
      }
      case IndexOp.Cat o -> cat(o, in);
      case IndexOp.Pad o -> pad(o, in);
      case IndexOp.NonZero o -> nonZero(o, in);
      case IndexOp.ViewScatter o -> viewScatter(o, in);
    };
  }

  private static TensorSpec[] indexSelect(IndexOp.IndexSelect op, TensorSpec[] in) {
    Check.arity(op, in, X_INDEX);
    Check.axis(op, in, 0, op.axis(), X_INDEX);
    Check.dtypeIs(op, in, 1, DType.I64, X_INDEX);
    Shape shape = spliced(in[0].shape(), op.axis(), op.axis() + 1, in[1].shape().toArray());
    return Infer.one(Layout.contiguous(shape), in[0].dtype());
  }

  private static TensorSpec[] indexAdd(IndexOp.IndexAdd op, TensorSpec[] in) {
    Check.arity(op, in, G_INDEX);
    Check.notBool(op, in, 0, G_INDEX);
    Check.dtypeIs(op, in, 1, DType.I64, G_INDEX);
    Shape g = in[0].shape();
    Shape index = in[1].shape();
    int end = op.axis() + index.rank();
    boolean fits = op.axis() >= 0 && end <= g.rank();
    for (int i = 0; fits && i < index.rank(); i++) {
      fits = g.dim(op.axis() + i) == index.dim(i);
    }
    if (!fits) {
      throw Check.about(
              op, "g does not hold the shape of index from axis " + op.axis() + " on", in, G_INDEX)
          .fix("g.shape must be that of indexSelect(" + op.axis() + ", index)");
    }
    if (op.size() < 0) {
      throw Check.about(op, "the size " + op.size() + " is negative", in, G_INDEX)
          .fix("give the size of the axis that was indexed");
    }
    return Infer.one(Layout.contiguous(spliced(g, op.axis(), end, op.size())), in[0].dtype());
  }

  /** {@code shape} with the dimensions {@code [from, to)} replaced by {@code middle}. */
  private static Shape spliced(Shape shape, int from, int to, int... middle) {
    int[] old = shape.toArray();
    int[] d = new int[old.length - (to - from) + middle.length];
    System.arraycopy(old, 0, d, 0, from);
    System.arraycopy(middle, 0, d, from, middle.length);
    System.arraycopy(old, to, d, from + middle.length, old.length - to);
    return Shape.of(d);
  }

  private static TensorSpec[] gather(IndexOp.Gather op, TensorSpec[] in) {
    Check.arity(op, in, X_INDEX);
    checkInside(op, op.axis(), in, X_INDEX);
    return Infer.one(StrideOrder.like(in[1].layout()), in[0].dtype());
  }

  private static TensorSpec[] scatter(IndexOp op, int axis, TensorSpec[] in) {
    Check.arity(op, in, SCATTER);
    checkInside(op, axis, in, SCATTER);
    Check.sameShape(op, in, 2, 1, SCATTER);
    if (in[2].dtype() != in[0].dtype()) {
      throw Check.wrongDtype(op, in, 2, "the dtype of x, " + in[0].dtype(), in[0].dtype(), SCATTER);
    }
    return Infer.one(StrideOrder.like(in[0].layout()), in[0].dtype());
  }

  /** Index has x's rank and, but along {@code axis}, no larger size. */
  private static void checkInside(IndexOp op, int axis, TensorSpec[] in, Signature signature) {
    Check.axis(op, in, 0, axis, signature);
    Check.dtypeIs(op, in, 1, DType.I64, signature);
    Check.sameRank(op, in, 1, 0, signature);
    for (int i = 0; i < in[0].rank(); i++) {
      if (i != axis && in[1].dim(i) > in[0].dim(i)) {
        String problem =
            "index has size " + in[1].dim(i) + " along axis " + i + ", but x has " + in[0].dim(i);
        throw Check.about(op, problem, in, signature)
            .fix("only along axis " + axis + " may index be larger than x");
      }
    }
  }

  private static TensorSpec[] cat(IndexOp.Cat op, TensorSpec[] in) {
    Check.arity(op, in, 1, Integer.MAX_VALUE, CAT);
    Check.axis(op, in, 0, op.axis(), CAT);
    Check.sameDtype(op, in, 0, CAT);
    long size = 0;
    for (int i = 0; i < in.length; i++) {
      checkNeighbour(op, in, i);
      size += in[i].dim(op.axis());
    }
    Shape shape = in[0].shape().with(op.axis(), fitting(op, op.axis(), size, in, CAT));
    return Infer.one(StrideOrder.like(in[0].layout(), shape), in[0].dtype());
  }

  private static void checkNeighbour(IndexOp.Cat op, TensorSpec[] in, int i) {
    boolean fits = in[i].rank() == in[0].rank();
    for (int k = 0; fits && k < in[0].rank(); k++) {
      fits = k == op.axis() || in[i].dim(k) == in[0].dim(k);
    }
    if (!fits) {
      throw Check.about(op, "x" + i + " differs from x0 in more than axis " + op.axis(), in, CAT)
          .fix("all inputs must have equal shapes but for axis " + op.axis());
    }
  }

  private static int fitting(
      IndexOp op, int axis, long size, TensorSpec[] in, Signature signature) {
    if (size > Integer.MAX_VALUE) {
      throw Check.about(op, "axis " + axis + " would have size " + size, in, signature)
          .fix("keep every size below 2^31");
    }
    return (int) size;
  }

  private static TensorSpec[] pad(IndexOp.Pad op, TensorSpec[] in) {
    Check.arity(op, in, X);
    int rank = in[0].rank();
    if (op.before().size() != rank || op.after().size() != rank) {
      throw Check.about(
              op,
              "before %s and after %s must have one entry for each of %s axes"
                  .formatted(op.before(), op.after(), rank),
              in,
              X)
          .fix("give " + rank + " sizes before and after");
    }
    int[] d = new int[rank];
    for (int i = 0; i < rank; i++) {
      int before = op.before().get(i);
      int after = op.after().get(i);
      if (before < 0 || after < 0) {
        throw Check.about(op, "axis " + i + " is padded by " + before + " and " + after, in, X)
            .fix("padding is 0 or more; cut with slice");
      }
      d[i] = fitting(op, i, (long) before + in[0].dim(i) + after, in, X);
    }
    return Infer.one(StrideOrder.like(in[0].layout(), Shape.of(d)), in[0].dtype());
  }

  private static TensorSpec[] nonZero(IndexOp.NonZero op, TensorSpec[] in) {
    Check.arity(op, in, X);
    if (op.count() < 0 || op.count() > in[0].layout().numel()) {
      throw Check.about(
              op,
              "the count %s is not possible for %s elements"
                  .formatted(op.count(), in[0].layout().numel()),
              in,
              X)
          .fix("count the non-zero elements first");
    }
    return Infer.one(Layout.contiguous(Shape.of(op.count(), in[0].rank())), DType.I64);
  }

  private static TensorSpec[] viewScatter(IndexOp.ViewScatter op, TensorSpec[] in) {
    Check.arity(op, in, G);
    Check.notBool(op, in, 0, G);
    Layout viewed = InferView.layout(op.view(), TensorSpec.of(op.shape(), in[0].dtype()));
    if (!viewed.shape().equals(in[0].shape())) {
      throw ShapeException.of(
              op.name(),
              "the view of " + op.shape() + " has shape " + viewed.shape() + ", but g has another")
          .operand("g", in[0])
          .fix("g.shape must be that of the view");
    }
    return Infer.one(Layout.contiguous(op.shape()), in[0].dtype());
  }
}
