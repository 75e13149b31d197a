package dev.manabi.kernels.ptx;

import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * {@code add, sub, mul, mad, div, rem, min, max, abs, neg, sad, dp4a} of whole numbers. Sums and
 * low products come out right whatever stands above the width of the type; the others narrow their
 * operands first.
 */
final class IntegerArithmetic {
  private IntegerArithmetic() {}

  static LaneInstruction unary(Decoding d, Type type) {
    LongUnaryOperator function =
        switch (d.form.base) {
          case "neg" -> a -> -a;
          case "abs" -> a -> Math.abs(type.narrow(a));
          default -> throw d.form.error("is not defined for ." + type);
        };
    d.expect(2);
    return Elementwise.unary(d, d.source(1, type), function);
  }

  static LaneInstruction binary(Decoding d, Type type) {
    d.expect(3);
    return Elementwise.binary(d, d.source(1, type), d.source(2, type), function(d, type));
  }

  private static LongBinaryOperator function(Decoding d, Type type) {
    boolean signed = type.isSigned();
    return switch (d.form.base) {
      case "add" -> d.form.take("sat") ? (a, b) -> saturate((long) (int) a + (int) b) : Long::sum;
      case "sub" ->
          d.form.take("sat") ? (a, b) -> saturate((long) (int) a - (int) b) : (a, b) -> a - b;
      case "mul" -> product(d.form.takeOne("lo", "hi", "wide"), type);
      case "mul24" -> {
        d.form.takeOne("lo");
        yield (a, b) -> low24(a, signed) * low24(b, signed);
      }
      case "div" -> (a, b) -> divide(type.narrow(a), type.narrow(b), signed);
      case "rem" -> (a, b) -> remainder(type.narrow(a), type.narrow(b), signed);
      case "min" ->
          signed
              ? (a, b) -> Math.min(type.narrow(a), type.narrow(b))
              : (a, b) -> unsignedMin(type.narrow(a), type.narrow(b));
      case "max" ->
          signed
              ? (a, b) -> Math.max(type.narrow(a), type.narrow(b))
              : (a, b) -> -1 - unsignedMin(-1 - type.narrow(a), -1 - type.narrow(b));
      default -> throw d.form.error("is not defined for ." + type);
    };
  }

  private static LongBinaryOperator product(String part, Type type) {
    if (part.equals("lo")) {
      return (a, b) -> a * b;
    }
    if (part.equals("wide")) {
      return switch (type) {
        case S32 -> (a, b) -> (long) (int) a * (int) b;
        case U32 -> (a, b) -> (a & 0xffff_ffffL) * (b & 0xffff_ffffL);
        default -> (a, b) -> type.narrow(a) * type.narrow(b);
      };
    }
    return switch (type) {
      case S64 -> Math::multiplyHigh;
      case U64 -> Math::unsignedMultiplyHigh;
      default -> (a, b) -> type.narrow(a) * type.narrow(b) >> type.bits;
    };
  }

  static LaneInstruction multiplyAdd(Decoding d, Type type) {
    d.expect(4);
    String part = d.form.takeOne("lo", "hi", "wide");
    Type sum = part.equals("wide") ? wider(type) : type;
    LongBinaryOperator product =
        d.form.base.equals("mad24")
            ? (a, b) -> low24(a, type.isSigned()) * low24(b, type.isSigned())
            : product(part, type);
    Elementwise.Ternary function =
        part.equals("lo") && d.form.base.equals("mad")
            ? (a, b, c) -> a * b + c
            : (a, b, c) -> product.applyAsLong(a, b) + c;
    return Elementwise.ternary(d, d.source(1, type), d.source(2, type), d.source(3, sum), function);
  }

  private static Type wider(Type type) {
    return switch (type) {
      case S16 -> Type.S32;
      case U16 -> Type.U32;
      case S32 -> Type.S64;
      default -> Type.U64;
    };
  }

  /** {@code sad}: c + |a - b|. */
  static LaneInstruction sumOfDifferences(Decoding d) {
    Type type = d.form.type();
    d.expect(4);
    return Elementwise.ternary(
        d,
        d.source(1, type),
        d.source(2, type),
        d.source(3, type),
        (a, b, c) -> {
          long x = type.narrow(a);
          long y = type.narrow(b);
          boolean less = type.isSigned() ? x < y : Long.compareUnsigned(x, y) < 0;
          return c + (less ? y - x : x - y);
        });
  }

  /** {@code dp4a}: c plus the products of four pairs of bytes. */
  static LaneInstruction dotProduct(Decoding d) {
    Type first = d.form.type();
    Type second = d.form.type();
    d.expect(4);
    return Elementwise.ternary(
        d,
        d.source(1, first),
        d.source(2, second),
        d.source(3, Type.S32),
        (a, b, c) -> {
          long sum = c;
          for (int at = 0; at < 32; at += 8) {
            sum += octet(a >> at, first.isSigned()) * octet(b >> at, second.isSigned());
          }
          return sum;
        });
  }

  private static long octet(long bits, boolean signed) {
    return signed ? (byte) bits : bits & 0xff;
  }

  private static long low24(long bits, boolean signed) {
    return signed ? bits << 40 >> 40 : bits & 0xff_ffff;
  }

  /** What a GPU leaves for a division by zero: all bits. */
  private static long divide(long a, long b, boolean signed) {
    if (b == 0) {
      return -1;
    }
    return signed ? a / b : Long.divideUnsigned(a, b);
  }

  private static long remainder(long a, long b, boolean signed) {
    if (b == 0) {
      return a;
    }
    return signed ? a % b : Long.remainderUnsigned(a, b);
  }

  private static long unsignedMin(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? a : b;
  }

  private static long saturate(long sum) {
    return Math.clamp(sum, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}
