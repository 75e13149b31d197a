package dev.manabi.kernels.ptx;

import java.math.BigDecimal;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongToDoubleFunction;
import java.util.function.LongUnaryOperator;

/**
 * The arithmetic of the floating-point types, as functions of the bits of registers.
 *
 * <p>f32 and f64 rounded to nearest are what Java computes. For all narrower types and for the
 * other roundings of f32, the exact result is computed as a double that {@link Rounding#odd tells}
 * whether something is missing, and rounded once.
 *
 * <p>The approximate functions of the GPU ({@code ex2, lg2, sin, cos, tanh, rsqrt} and the {@code
 * .approx} forms of {@code rcp, sqrt, div}) are here those of {@link Math}, rounded to the type: at
 * most 1 ulp from the true value, where a GPU is allowed 1 to 2 ulp, and an absolute error of
 * 2^-20.9 for {@code sin} and {@code cos}.
 */
final class FloatUnit {
  private static final double LOG_2 = Math.log(2);

  private FloatUnit() {}

  /** The number that bits stand for. */
  static LongToDoubleFunction decoder(Type type) {
    return switch (type) {
      case F64 -> Double::longBitsToDouble;
      case F32 -> bits -> Float.intBitsToFloat((int) bits);
      default -> FloatFormat.of(type)::decode;
    };
  }

  static double decode(Type type, long bits) {
    return switch (type) {
      case F64 -> Double.longBitsToDouble(bits);
      case F32 -> Float.intBitsToFloat((int) bits);
      default -> FloatFormat.of(type).decode(bits);
    };
  }

  /** The bits of a number; every NaN is the one that a GPU makes. */
  static long encode(Type type, double value) {
    return switch (type) {
      case F64 -> Double.doubleToLongBits(value);
      case F32 -> bits((float) value);
      default -> FloatFormat.of(type).encode(value);
    };
  }

  static long bits(float value) {
    return Float.isNaN(value) ? 0x7fff_ffffL : Float.floatToRawIntBits(value);
  }

  private static float single(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  private static double wide(long bits) {
    return Double.longBitsToDouble(bits);
  }

  private static long wideBits(double value) {
    return Double.doubleToLongBits(value);
  }

  /** {@code add, sub, mul, div}; null for another operation. */
  static LongBinaryOperator binary(String operation, Type type, Rounding rounding) {
    if (rounding == Rounding.NEAREST && type == Type.F32) {
      return switch (operation) {
        case "add" -> (a, b) -> bits(single(a) + single(b));
        case "sub" -> (a, b) -> bits(single(a) - single(b));
        case "mul" -> (a, b) -> bits(single(a) * single(b));
        default -> (a, b) -> bits(single(a) / single(b));
      };
    }
    if (type == Type.F64) {
      return rounding == Rounding.NEAREST ? nearest(operation) : directed(operation, rounding);
    }
    Exact exact = exact(operation);
    if (type == Type.F32) {
      return (a, b) -> bits(rounding.toFloat(exact.of(single(a), single(b))));
    }
    FloatFormat format = FloatFormat.of(type);
    return (a, b) -> format.encode(exact.of(format.decode(a), format.decode(b)), rounding);
  }

  /** A result that is exact, or {@link Rounding#odd}. */
  @FunctionalInterface
  private interface Exact {
    double of(double a, double b);
  }

  private static Exact exact(String operation) {
    return switch (operation) {
      case "add" -> FloatUnit::sum;
      case "sub" -> (a, b) -> sum(a, -b);
      // The product of two f32 always fits.
      case "mul" -> (a, b) -> a * b;
      default -> FloatUnit::quotient;
    };
  }

  private static double sum(double a, double b) {
    double sum = a + b;
    return Rounding.odd(sum, Rounding.sumError(a, b, sum));
  }

  private static double quotient(double a, double b) {
    double quotient = a / b;
    return Rounding.odd(quotient, Math.fma(-quotient, b, a) * Math.signum(b));
  }

  private static double root(double a) {
    double root = Math.sqrt(a);
    return Rounding.odd(root, Math.fma(-root, root, a));
  }

  private static LongBinaryOperator nearest(String operation) {
    return switch (operation) {
      case "add" -> (a, b) -> wideBits(wide(a) + wide(b));
      case "sub" -> (a, b) -> wideBits(wide(a) - wide(b));
      case "mul" -> (a, b) -> wideBits(wide(a) * wide(b));
      default -> (a, b) -> wideBits(wide(a) / wide(b));
    };
  }

  private static LongBinaryOperator directed(String operation, Rounding rounding) {
    LongBinaryOperator nearest = nearest(operation);
    return (a, b) -> {
      double rounded = wide(nearest.applyAsLong(a, b));
      double x = wide(a);
      double y = wide(b);
      if (!Double.isFinite(x) || !Double.isFinite(y) || (operation.equals("div") && y == 0)) {
        return wideBits(rounded);
      }
      BigDecimal left = new BigDecimal(x);
      BigDecimal right = new BigDecimal(y);
      int side =
          switch (operation) {
            case "add" -> side(left.add(right), rounded);
            case "sub" -> side(left.subtract(right), rounded);
            case "mul" -> side(left.multiply(right), rounded);
            default ->
                Double.isInfinite(rounded)
                    ? (rounded > 0 ? -1 : 1)
                    : left.compareTo(new BigDecimal(rounded).multiply(right)) * right.signum();
          };
      return wideBits(rounding.toDouble(rounded, side));
    };
  }

  private static int side(BigDecimal exact, double rounded) {
    if (Double.isInfinite(rounded)) {
      return rounded > 0 ? -1 : 1;
    }
    return exact.compareTo(new BigDecimal(rounded));
  }

  /** {@code fma}: a * b + c, rounded once. */
  static Elementwise.Ternary fma(Type type, Rounding rounding) {
    if (type == Type.F64) {
      return rounding == Rounding.NEAREST
          ? (a, b, c) -> wideBits(Math.fma(wide(a), wide(b), wide(c)))
          : (a, b, c) -> directedFma(wide(a), wide(b), wide(c), rounding);
    }
    if (type == Type.F32) {
      return rounding == Rounding.NEAREST
          ? (a, b, c) -> bits(Math.fma(single(a), single(b), single(c)))
          : (a, b, c) -> bits(rounding.toFloat(sum((double) single(a) * single(b), single(c))));
    }
    FloatFormat format = FloatFormat.of(type);
    return (a, b, c) ->
        format.encode(sum(format.decode(a) * format.decode(b), format.decode(c)), rounding);
  }

  private static long directedFma(double a, double b, double c, Rounding rounding) {
    double rounded = Math.fma(a, b, c);
    if (!Double.isFinite(a) || !Double.isFinite(b) || !Double.isFinite(c)) {
      return wideBits(rounded);
    }
    BigDecimal exact = new BigDecimal(a).multiply(new BigDecimal(b)).add(new BigDecimal(c));
    return wideBits(rounding.toDouble(rounded, side(exact, rounded)));
  }

  /** {@code sqrt, rcp} and the functions that are always approximate. */
  static LongUnaryOperator unary(String operation, Type type, Rounding rounding) {
    if (rounding != Rounding.NEAREST || (type != Type.F64 && isRounded(operation))) {
      if (type == Type.F64) {
        return a -> directedUnary(operation, wide(a), rounding);
      }
      FloatFormat format = FloatFormat.of(type);
      return operation.equals("sqrt")
          ? a -> format.encode(root(format.decode(a)), rounding)
          : a -> format.encode(quotient(1, format.decode(a)), rounding);
    }
    return switch (operation) {
      case "sqrt" -> a -> wideBits(Math.sqrt(wide(a)));
      case "rcp" -> a -> wideBits(1 / wide(a));
      case "rsqrt" -> approximate(type, x -> 1 / Math.sqrt(x));
      case "sin" -> approximate(type, Math::sin);
      case "cos" -> approximate(type, Math::cos);
      case "tanh" -> approximate(type, Math::tanh);
      case "ex2" -> approximate(type, x -> Math.pow(2, x));
      default -> approximate(type, x -> Math.log(x) / LOG_2);
    };
  }

  private static boolean isRounded(String operation) {
    return operation.equals("sqrt") || operation.equals("rcp");
  }

  private static LongUnaryOperator approximate(Type type, DoubleUnaryOperator function) {
    LongToDoubleFunction decoder = decoder(type);
    return a -> encode(type, function.applyAsDouble(decoder.applyAsDouble(a)));
  }

  private static long directedUnary(String operation, double a, Rounding rounding) {
    boolean root = operation.equals("sqrt");
    double rounded = root ? Math.sqrt(a) : 1 / a;
    if (!Double.isFinite(a) || !Double.isFinite(rounded) || rounded == 0) {
      return wideBits(rounded);
    }
    BigDecimal result = new BigDecimal(rounded);
    BigDecimal exact = new BigDecimal(a);
    int side =
        root
            ? exact.compareTo(result.multiply(result))
            : BigDecimal.ONE.compareTo(result.multiply(exact)) * exact.signum();
    return wideBits(rounding.toDouble(rounded, side));
  }

  /** {@code min, max}: of two numbers; a NaN counts only if both are, or if it is asked for. */
  static LongBinaryOperator extreme(Type type, boolean max, boolean nan) {
    LongToDoubleFunction decoder = decoder(type);
    return (a, b) -> {
      double x = decoder.applyAsDouble(a);
      double y = decoder.applyAsDouble(b);
      if (Double.isNaN(x) || Double.isNaN(y)) {
        return nan || (Double.isNaN(x) && Double.isNaN(y))
            ? encode(type, Double.NaN)
            : Double.isNaN(x) ? b : a;
      }
      return (Double.compare(x, y) <= 0) != max ? a : b;
    };
  }

  /** A function that takes subnormal numbers for zeros and makes none. */
  static LongUnaryOperator flush(Type type) {
    long exponent =
        switch (type) {
          case F64 -> 0x7ff0_0000_0000_0000L;
          case F16 -> 0x7c00;
          case BF16 -> 0x7f80;
          default -> 0x7f80_0000;
        };
    long sign = 1L << (type.bits - 1);
    return a -> (a & exponent) == 0 ? a & sign : a;
  }

  /** A function that leaves what lies between 0 and 1. */
  static LongUnaryOperator saturate(Type type) {
    LongToDoubleFunction decoder = decoder(type);
    return a -> {
      double x = decoder.applyAsDouble(a);
      return x > 0 ? (x >= 1 ? encode(type, 1) : a) : 0;
    };
  }

  /** A function that makes negative numbers zero. */
  static LongUnaryOperator relu(Type type) {
    LongToDoubleFunction decoder = decoder(type);
    return a -> decoder.applyAsDouble(a) < 0 ? 0 : a;
  }
}
