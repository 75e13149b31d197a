package dev.manabi.kernels.ptx;

import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * {@code add, sub, mul, div, fma, mad, min, max, copysign, neg, abs, rcp, sqrt, rsqrt, sin, cos,
 * lg2, ex2, tanh, testp} of floating-point numbers; what each computes stands in {@link FloatUnit}.
 * Packed types do the same with each half.
 */
final class FloatArithmetic {
  /** The modifiers that change what goes in or comes out. */
  private record Edges(boolean flush, boolean saturate, boolean relu) {
    static Edges of(Form form) {
      return new Edges(form.take("ftz"), form.take("sat"), form.take("relu"));
    }

    LongUnaryOperator before(Type type) {
      return flush ? FloatUnit.flush(type) : LongUnaryOperator.identity();
    }

    LongUnaryOperator after(Type type) {
      LongUnaryOperator result = before(type);
      if (saturate) {
        result = result.andThen(FloatUnit.saturate(type));
      }
      return relu ? result.andThen(FloatUnit.relu(type)) : result;
    }

    LongUnaryOperator around(LongUnaryOperator function, Type type) {
      return isNone() ? function : before(type).andThen(function).andThen(after(type));
    }

    LongBinaryOperator around(LongBinaryOperator function, Type type) {
      if (isNone()) {
        return function;
      }
      LongUnaryOperator in = before(type);
      LongUnaryOperator out = after(type);
      return (a, b) -> out.applyAsLong(function.applyAsLong(in.applyAsLong(a), in.applyAsLong(b)));
    }

    Elementwise.Ternary around(Elementwise.Ternary function, Type type) {
      if (isNone()) {
        return function;
      }
      LongUnaryOperator in = before(type);
      LongUnaryOperator out = after(type);
      return (a, b, c) ->
          out.applyAsLong(function.apply(in.applyAsLong(a), in.applyAsLong(b), in.applyAsLong(c)));
    }

    private boolean isNone() {
      return !flush && !saturate && !relu;
    }
  }

  private FloatArithmetic() {}

  /** The type of one number of a packed type. */
  static Type half(Type type) {
    return switch (type) {
      case F16X2 -> Type.F16;
      case BF16X2 -> Type.BF16;
      default -> type;
    };
  }

  private static void checkType(Decoding d, Type type) {
    if (!type.isFloat() || type == Type.TF32) {
      throw d.form.error("is not defined for ." + type);
    }
  }

  static LaneInstruction unary(Decoding d, Type type) {
    checkType(d, type);
    Type half = half(type);
    // f64 has one approximate form, of 20 bits; here it is as good as the others.
    d.form.ignore("approx");
    Rounding rounding = d.form.rounding();
    Edges edges = Edges.of(d.form);
    long sign = 1L << (half.bits - 1);
    LongUnaryOperator function =
        switch (d.form.base) {
          case "neg" -> a -> a ^ sign;
          case "abs" -> a -> a & ~sign;
          case "rcp", "sqrt", "rsqrt", "sin", "cos", "lg2", "ex2", "tanh" ->
              FloatUnit.unary(d.form.base, half, rounding);
          default -> throw d.form.error("is not defined for ." + type);
        };
    LongUnaryOperator complete = edges.around(function, half);
    d.expect(2);
    return Elementwise.unary(
        d, d.source(1, type), type.isPacked() ? Elementwise.packed(complete) : complete);
  }

  static LaneInstruction binary(Decoding d, Type type) {
    checkType(d, type);
    Type half = half(type);
    d.form.ignore("approx", "full");
    Rounding rounding = d.form.rounding();
    Edges edges = Edges.of(d.form);
    LongBinaryOperator function =
        switch (d.form.base) {
          case "add", "sub", "mul", "div" -> FloatUnit.binary(d.form.base, half, rounding);
          case "min" -> FloatUnit.extreme(half, false, d.form.take("NaN"));
          case "max" -> FloatUnit.extreme(half, true, d.form.take("NaN"));
          default -> throw d.form.error("is not defined for ." + type);
        };
    LongBinaryOperator complete = edges.around(function, half);
    d.expect(3);
    return Elementwise.binary(
        d,
        d.source(1, type),
        d.source(2, type),
        type.isPacked() ? Elementwise.packed(complete) : complete);
  }

  /** {@code fma}, which {@code mad} of floating-point numbers is too. */
  static LaneInstruction fma(Decoding d, Type type) {
    checkType(d, type);
    Type half = half(type);
    Rounding rounding = d.form.rounding();
    Edges edges = Edges.of(d.form);
    Elementwise.Ternary function = edges.around(FloatUnit.fma(half, rounding), half);
    d.expect(4);
    return Elementwise.ternary(
        d,
        d.source(1, type),
        d.source(2, type),
        d.source(3, type),
        type.isPacked() ? Elementwise.packed(function) : function);
  }

  /** {@code copysign}: b with the sign of a. */
  static LaneInstruction copySign(Decoding d) {
    Type type = d.form.type();
    checkType(d, type);
    long sign = 1L << (type.bits - 1);
    d.expect(3);
    return Elementwise.binary(
        d, d.source(1, type), d.source(2, type), (a, b) -> (a & sign) | (b & ~sign));
  }

  /** {@code testp}: what kind of number it is. */
  static LaneInstruction test(Decoding d) {
    String kind =
        d.form.takeOne("finite", "infinite", "number", "notanumber", "normal", "subnormal");
    Type type = d.form.type();
    checkType(d, type);
    double smallest = type == Type.F64 ? Double.MIN_NORMAL : Float.MIN_NORMAL;
    d.expect(2);
    int to = d.predicateTarget(d.operand(0));
    int a = d.source(1, type);
    return (warp, mask) -> {
      int result = 0;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        double x = Math.abs(FloatUnit.decode(type, warp.registers[a + lane]));
        boolean is =
            switch (kind) {
              case "finite" -> x < Double.POSITIVE_INFINITY;
              case "infinite" -> x == Double.POSITIVE_INFINITY;
              case "number" -> !Double.isNaN(x);
              case "notanumber" -> Double.isNaN(x);
              case "normal" -> x >= smallest && x < Double.POSITIVE_INFINITY;
              default -> x > 0 && x < smallest;
            };
        result |= is ? 1 << lane : 0;
      }
      BitManipulation.setPredicate(warp, to, mask, result);
    };
  }
}
