package dev.manabi.tensor.op;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;

/**
 * Ops {@code x -> y} whose output shares the input's memory: functions from layout to layout. No
 * backend ever sees one.
 */
public sealed interface ViewOp extends Op {
  /** The output's layout for an input that lies as {@code x}. */
  Layout apply(Layout x);

  /** The same elements under another shape; the API copies first where strides cannot say it. */
  record Reshape(Shape shape) implements ViewOp {
    @Override
    public Layout apply(Layout x) {
      Layout y = x.reshape(shape);
      if (y == null) {
        throw new IllegalArgumentException(
            "reshape: "
                + x
                + " cannot be seen as "
                + shape
                + " without a copy\n  fix: x.reshape(..)"
                + " copies where needed, x.contiguous() always");
      }
      return y;
    }

    @Override
    public String name() {
      return "reshape";
    }
  }

  /** Dimension {@code i} of the output is dimension {@code axes[i]} of the input. */
  record Permute(Ints axes) implements ViewOp {
    @Override
    public Layout apply(Layout x) {
      return x.permute(axes);
    }

    /** The permutation that undoes this one. */
    public Permute inverse() {
      int[] inverse = new int[axes.size()];
      for (int i = 0; i < inverse.length; i++) {
        inverse[axes.get(i)] = i;
      }
      return new Permute(Ints.of(inverse));
    }

    @Override
    public String name() {
      return "permute";
    }
  }

  /** Broadcast to {@code shape} by strides of 0. */
  record Expand(Shape shape) implements ViewOp {
    @Override
    public Layout apply(Layout x) {
      return x.expand(shape);
    }

    @Override
    public String name() {
      return "expand";
    }
  }

  /**
   * Along axis {@code i}: {@code sizes[i]} elements from {@code starts[i]}, {@code steps[i]} apart.
   */
  record Slice(Ints starts, Ints sizes, Ints steps) implements ViewOp {
    @Override
    public Layout apply(Layout x) {
      return x.slice(starts, sizes, steps);
    }

    @Override
    public String name() {
      return "slice";
    }
  }

  /** Axes {@code axis1} and {@code axis2} are replaced by their diagonal, as the last axis. */
  record Diagonal(int axis1, int axis2) implements ViewOp {
    @Override
    public Layout apply(Layout x) {
      return x.diagonal(axis1, axis2);
    }

    @Override
    public String name() {
      return "diagonal";
    }
  }
}
