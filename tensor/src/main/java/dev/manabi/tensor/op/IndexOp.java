package dev.manabi.tensor.op;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;

/**
 * Ops that move elements to or from computed places. Index tensors are i64. An index outside the
 * dimension is an {@link IndexOutOfBoundsException} that names it; indices are never negative (the
 * API does not wrap those inside tensors).
 */
public sealed interface IndexOp extends Op {

  /**
   * {@code (x, index) -> y}: axis {@code axis} of {@code x} is replaced by the shape of {@code
   * index}: {@code y[a.., i.., b..] = x[a.., index[i..], b..]}. An embedding look-up is axis 0.
   */
  record IndexSelect(int axis) implements IndexOp {
    @Override
    public String name() {
      return "index_select";
    }
  }

  /**
   * {@code (g, index) -> y}: the transpose of {@link IndexSelect}: zeros with {@code size} along
   * {@code axis}, into which {@code g} is added at the indices; equal indices add up.
   */
  record IndexAdd(int axis, int size) implements IndexOp {
    @Override
    public String name() {
      return "index_add";
    }
  }

  /**
   * {@code (x, index) -> y}: {@code y[.., i, ..] = x[.., index[.., i, ..], ..]} along {@code axis}.
   */
  record Gather(int axis) implements IndexOp {
    @Override
    public String name() {
      return "gather";
    }
  }

  /**
   * {@code (x, index, source) -> y}: a copy of {@code x} with {@code y[.., index[.., i, ..], ..] =
   * source[.., i, ..]}. Where indices repeat, the last in row-major order wins.
   */
  record Scatter(int axis) implements IndexOp {
    @Override
    public String name() {
      return "scatter";
    }
  }

  /** As {@link Scatter}, but adds {@code source} to what {@code x} holds. */
  record ScatterAdd(int axis) implements IndexOp {
    @Override
    public String name() {
      return "scatter_add";
    }
  }

  /** {@code (x0, x1, ..) -> y}: the inputs one after another along {@code axis}. */
  record Cat(int axis) implements IndexOp {
    @Override
    public String name() {
      return "cat";
    }
  }

  /**
   * {@code x -> y}: {@code before[i]} and {@code after[i]} elements of {@code value} around axis i.
   */
  record Pad(Ints before, Ints after, double value) implements IndexOp {
    @Override
    public String name() {
      return "pad";
    }
  }

  /**
   * {@code x -> index i64 [count, rank]}: positions of the non-zero elements in row-major order;
   * {@code count} is how many there are, which the API counts first.
   */
  record NonZero(int count) implements IndexOp {
    @Override
    public String name() {
      return "nonzero";
    }
  }

  /**
   * {@code g -> y}: the transpose of a view, hence its gradient: zeros of {@code shape}, into which
   * {@code g} is added through {@code view}. Elements that the view repeats add up.
   */
  record ViewScatter(ViewOp view, Shape shape) implements IndexOp {
    @Override
    public String name() {
      return view.name() + "_scatter";
    }
  }
}
