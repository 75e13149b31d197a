package dev.manabi.tensor.op;

import dev.manabi.tensor.DType;

/**
 * Ops that compute each output element from the input elements at the same (broadcast) index. The
 * output may be the very memory of an input.
 */
public sealed interface ElementwiseOp extends Op {

  /** Functions of one number. Those from {@link #IS_NAN} on yield bool. */
  enum UnaryFn {
    NEG,
    ABS,
    SIGN,
    EXP,
    EXPM1,
    LOG,
    LOG1P,
    SQRT,
    RSQRT,
    RECIPROCAL,
    SIN,
    COS,
    TANH,
    SIGMOID,
    ERF,
    RELU,
    FLOOR,
    CEIL,
    /** To the nearest integer, halves to even. */
    ROUND,
    TRUNC,
    IS_NAN,
    IS_INF,
    IS_FINITE,
    /** Logical not: true where the element is zero. */
    NOT;

    public boolean yieldsBool() {
      return compareTo(IS_NAN) >= 0;
    }
  }

  /** Functions of two numbers. Those from {@link #EQ} on yield bool. */
  enum BinaryFn {
    ADD,
    SUB,
    MUL,
    DIV,
    POW,
    /** The larger; NaN if either is NaN. */
    MAX,
    /** The smaller; NaN if either is NaN. */
    MIN,
    /** Remainder with the sign of the divisor: {@code a - b * floor(a / b)}. */
    REMAINDER,
    /** {@code floor(a / b)}. */
    FLOOR_DIV,
    /**
     * {@code b > 0 ? a : 0}: the gradient {@code a} let through where a ReLU's {@code b} was on.
     */
    RELU_MASK,
    /** Bitwise on integers, logical on bool. */
    AND,
    OR,
    XOR,
    EQ,
    NE,
    LT,
    LE,
    GT,
    GE;

    public boolean yieldsBool() {
      return compareTo(EQ) >= 0;
    }
  }

  /** {@code x -> fn(x)}. */
  record Unary(UnaryFn fn) implements ElementwiseOp {
    @Override
    public String name() {
      return fn.name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** {@code (a, b) -> fn(a, b)}, broadcast. Both have the same dtype. */
  record Binary(BinaryFn fn) implements ElementwiseOp {
    @Override
    public String name() {
      return fn.name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** {@code (condition bool, a, b) -> condition ? a : b}, broadcast. */
  record Where() implements ElementwiseOp {
    @Override
    public String name() {
      return "where";
    }
  }

  /**
   * {@code (x, scale, shift) -> x * scale + shift}, floating and broadcast. A fourth input {@code
   * residual} is added, and then, if {@code relu}, the result is {@code max(result, 0)}.
   */
  record ScaleShift(boolean relu) implements ElementwiseOp {
    @Override
    public String name() {
      return "scale_shift";
    }
  }

  /** {@code x -> min(max(x, low), high)}; NaN stays NaN. */
  record Clamp(double low, double high) implements ElementwiseOp {
    @Override
    public String name() {
      return "clamp";
    }
  }

  /** {@code x -> x as dtype}; to integers by truncation, to bool by {@code != 0}. */
  record Cast(DType dtype) implements ElementwiseOp {
    @Override
    public String name() {
      return "cast";
    }
  }

  /** The memory order a {@link Copy} writes. */
  enum Order {
    ROW_MAJOR,
    CHANNELS_LAST
  }

  /** {@code x -> the same values in fresh dense memory of the given order}. */
  record Copy(Order order) implements ElementwiseOp {
    @Override
    public String name() {
      return "copy";
    }
  }

  /**
   * {@code x -> x * mask * s} with {@code s = 1 / (1 - p)} rounded to f32, or to f64 for f64, where
   * {@code mask} is 0 with probability {@code p} (Srivastava et al., JMLR 2014). The mask is not
   * stored: element {@code i} in row-major order draws the uniform number of {@code key} again.
   * {@code p} is in [0, 1); an element is dropped when its number is below {@code p}.
   */
  record Dropout(double p, RandomKey key) implements ElementwiseOp {
    @Override
    public String name() {
      return "dropout";
    }
  }
}
