package dev.manabi.kernels.reference;

import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;

/** What the elementwise functions mean for one floating number and for one integer. */
public final class Scalars {
  private Scalars() {}

  public static double apply(UnaryFn fn, double x) {
    return switch (fn) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case EXP -> Math.exp(x);
      case EXPM1 -> Math.expm1(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case ERF -> Erf.erf(x);
      case RELU -> Math.max(x, 0.0);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case ROUND -> Math.rint(x);
      case TRUNC -> x < 0 ? Math.ceil(x) : Math.floor(x);
      case IS_NAN -> bool(Double.isNaN(x));
      case IS_INF -> bool(Double.isInfinite(x));
      case IS_FINITE -> bool(Double.isFinite(x));
      case NOT -> bool(x == 0);
    };
  }

  public static long apply(UnaryFn fn, long x) {
    return switch (fn) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Long.signum(x);
      case RELU -> Math.max(x, 0);
      case FLOOR, CEIL, ROUND, TRUNC -> x;
      case IS_NAN, IS_INF -> 0;
      case IS_FINITE -> 1;
      case NOT -> bool(x == 0);
      case EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SIN, COS, TANH, SIGMOID, ERF ->
          throw new IllegalArgumentException(
              fn
                  + ": defined for floating dtypes only\n  fix: cast the integers with to(DType.F32)");
    };
  }

  public static double apply(BinaryFn fn, double a, double b) {
    return switch (fn) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case POW -> power(a, b);
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case REMAINDER -> remainder(a, b);
      case FLOOR_DIV -> Math.floor(a / b);
      case RELU_MASK -> b > 0 ? a : 0;
      case AND, OR, XOR ->
          throw new IllegalArgumentException(
              fn + ": defined for integers and bool only\n  fix: compare first, such as x.ne(0)");
      case EQ -> bool(a == b);
      case NE -> bool(a != b);
      case LT -> bool(a < b);
      case LE -> bool(a <= b);
      case GT -> bool(a > b);
      case GE -> bool(a >= b);
    };
  }

  public static long apply(BinaryFn fn, long a, long b) {
    return switch (fn) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case POW -> power(a, b);
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case REMAINDER -> Math.floorMod(a, b);
      case FLOOR_DIV -> Math.floorDiv(a, b);
      case RELU_MASK -> b > 0 ? a : 0;
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
      case EQ -> bool(a == b);
      case NE -> bool(a != b);
      case LT -> bool(a < b);
      case LE -> bool(a <= b);
      case GT -> bool(a > b);
      case GE -> bool(a >= b);
    };
  }

  private static int bool(boolean value) {
    return value ? 1 : 0;
  }

  /** {@code 1 / (1 + exp(-x))}, without the overflow of {@code exp(-x)} for very negative x. */
  private static double sigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }

  /** Java's {@code %} is exact and has the sign of {@code a}; move it to the side of {@code b}. */
  private static double remainder(double a, double b) {
    double r = a % b;
    return r != 0 && r < 0 != b < 0 ? r + b : r;
  }

  /** As IEEE 754 has it, and {@link Math#pow} has not: 1 to any power is 1, and so is (-1)^inf. */
  private static double power(double base, double exponent) {
    boolean one = base == 1 || (base == -1 && Double.isInfinite(exponent));
    return one ? 1 : Math.pow(base, exponent);
  }

  /** Wraps around; a negative exponent gives the truncated reciprocal. */
  private static long power(long base, long exponent) {
    if (exponent < 0) {
      return base == -1 && (exponent & 1) == 0 ? 1 : 1 / base;
    }
    long result = 1;
    for (long square = base, e = exponent; e > 0; e >>= 1, square *= square) {
      result *= (e & 1) == 1 ? square : 1;
    }
    return result;
  }
}
