package dev.manabi.tensor.op;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;

/** Ops that make a tensor from nothing but their own parameters. */
public sealed interface CreateOp extends Op {
  Shape shape();

  DType dtype();

  /** {@code () -> y}: every element is {@code value}. */
  record Fill(Shape shape, DType dtype, double value) implements CreateOp {
    @Override
    public String name() {
      return "fill";
    }
  }

  /** {@code () -> y [count]}: {@code start, start + step, ..}. */
  record Range(double start, double step, int count, DType dtype) implements CreateOp {
    @Override
    public Shape shape() {
      return Shape.of(count);
    }

    @Override
    public String name() {
      return "range";
    }
  }

  /** Distributions of {@link Random}; {@code a} and {@code b} are its two parameters. */
  enum Distribution {
    /** Uniform on {@code [a, b)}. */
    UNIFORM,
    /** Normal with mean {@code a} and standard deviation {@code b}. */
    NORMAL,
    /** Integers uniform on {@code [a, b)}. */
    INTEGER
  }

  /**
   * {@code () -> y}: random numbers from the Philox stream {@code key}. Element {@code i} (counted
   * in row-major order) depends on the key and on {@code i} alone, so neither threads nor device
   * change it.
   */
  record Random(
      Shape shape, DType dtype, Distribution distribution, double a, double b, RandomKey key)
      implements CreateOp {
    @Override
    public String name() {
      return "random";
    }
  }
}
