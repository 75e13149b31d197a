package dev.manabi.tensor;

import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;

/** Picking elements by position, index tensor or mask, and putting them back. */
public sealed interface TensorIndexing permits Tensor {
  /** This object, as the tensor it is. */
  Tensor self();

  /**
   * {@code x[expression]} as in NumPy and PyTorch: positions, ranges with any step, new axes, an
   * ellipsis, index tensors and masks. Without index tensors and masks the result is a view.
   *
   * @throws IndexOutOfBoundsException if a position lies outside its dimension
   */
  default Tensor get(Index... expression) {
    return Indexing.get(self(), expression);
  }

  /** {@code x[positions..]}: one position for each of the leading dimensions; a view. */
  default Tensor get(int... positions) {
    return get(Arrays.stream(positions).mapToObj(Index::at).toArray(Index[]::new));
  }

  /** {@code x[index]}: rows by an integer tensor, or elements by a mask. */
  default Tensor get(Tensor index) {
    return get(Index.of(index));
  }

  /** Applies {@code index} to dimension {@code axis} and leaves the others whole. */
  default Tensor get(int axis, Index index) {
    int a = self().shape().axis(axis);
    Index[] expression = new Index[a + 1];
    Arrays.fill(expression, Index.all());
    expression[a] = index;
    return get(expression);
  }

  /** {@code x[expression] = value}, in place; {@code value} is broadcast. */
  default Tensor set_(Tensor value, Index... expression) {
    Indexing.set(self(), value, expression);
    return self();
  }

  /** {@code x[expression] = value}, in place. */
  default Tensor set_(double value, Index... expression) {
    return set_(Promotion.scalar(self(), value), expression);
  }

  /** Dimension {@code axis} replaced by the elements at {@code index} (integers of any shape). */
  default Tensor indexSelect(int axis, Tensor index) {
    return Interpreter.run(
        new IndexOp.IndexSelect(self().shape().axis(axis)), self(), index.to(DType.I64));
  }

  /** {@code y[.., i, ..] = x[.., index[.., i, ..], ..]} along {@code axis}. */
  default Tensor gather(int axis, Tensor index) {
    return Interpreter.run(
        new IndexOp.Gather(self().shape().axis(axis)), self(), index.to(DType.I64));
  }

  /** A copy with {@code y[.., index[.., i, ..], ..] = source[.., i, ..]} along {@code axis}. */
  default Tensor scatter(int axis, Tensor index, Tensor source) {
    return Interpreter.run(
        new IndexOp.Scatter(self().shape().axis(axis)),
        self(),
        index.to(DType.I64),
        source.to(self().dtype()));
  }

  /** A copy with one number written at the indices along {@code axis}. */
  default Tensor scatter(int axis, Tensor index, double value) {
    return scatter(axis, index, Promotion.scalar(self(), value).expand(index.shape()));
  }

  /** As {@link #scatter(int, Tensor, Tensor)}, but adding to what is there. */
  default Tensor scatterAdd(int axis, Tensor index, Tensor source) {
    return Interpreter.run(
        new IndexOp.ScatterAdd(self().shape().axis(axis)),
        self(),
        index.to(DType.I64),
        source.to(self().dtype()));
  }

  /** The elements where {@code mask} is true, in row-major order, as one dimension. */
  default Tensor maskedSelect(Tensor mask) {
    Shape shape = Shape.broadcast(self().shape(), mask.shape());
    if (shape == null) {
      throw dev.manabi.tensor.error.ShapeException.of(
              "masked_select", "mask and input do not broadcast")
          .operand("input", self().spec())
          .operand("mask", mask.spec())
          .fix("give the mask the input's shape");
    }
    return self().expand(shape).get(mask.expand(shape));
  }

  /** Positions of the non-zero elements: i64 [count, rank], in row-major order. */
  default Tensor nonZero() {
    int count = (int) self().ne(0).sum().item();
    return Interpreter.run(new IndexOp.NonZero(count), self());
  }

  /**
   * With a border of {@code value}: {@code widths} are before, after of the last dimension, then of
   * the one before it, and so on, as PyTorch orders them.
   */
  default Tensor pad(double value, int... widths) {
    int rank = self().rank();
    if (widths.length % 2 != 0 || widths.length > 2 * rank) {
      throw new IllegalArgumentException(
          "pad: "
              + widths.length
              + " widths for "
              + self().spec()
              + "\n  fix: give before and after for the last dimensions, at most "
              + 2 * rank);
    }
    int[] before = new int[rank];
    int[] after = new int[rank];
    for (int i = 0; i < widths.length / 2; i++) {
      before[rank - 1 - i] = widths[2 * i];
      after[rank - 1 - i] = widths[2 * i + 1];
    }
    return Interpreter.run(new IndexOp.Pad(Ints.of(before), Ints.of(after), value), self());
  }

  /** 1 at the class index, 0 elsewhere: integers of shape S give i64 {@code [S.., classes]}. */
  default Tensor oneHot(int classes) {
    Tensor range = Tensors.arange(classes);
    return self().unsqueeze(-1).to(DType.I64).eq(range).to(DType.I64);
  }
}
