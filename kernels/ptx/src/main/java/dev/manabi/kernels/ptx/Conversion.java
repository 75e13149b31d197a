package dev.manabi.kernels.ptx;

import java.math.BigInteger;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code cvt}: from any type to any other, with any rounding. */
final class Conversion {
  private Conversion() {}

  static LaneInstruction convert(Decoding d) {
    String rounding = d.form.takeAny("rn", "rz", "rm", "rp", "rna", "rni", "rzi", "rmi", "rpi");
    boolean flush = d.form.take("ftz");
    boolean saturate = d.form.take("sat");
    boolean relu = d.form.take("relu");
    Type to = d.form.type();
    Type from = d.form.type();
    if (to.isPacked()) {
      return pack(d, to, from, Rounding.named(rounding == null ? "rn" : rounding), relu);
    }
    LongUnaryOperator function = function(to, from, rounding);
    if (flush && from == Type.F32) {
      function = FloatUnit.flush(from).andThen(function);
    }
    if (flush && to == Type.F32) {
      function = function.andThen(FloatUnit.flush(to));
    }
    if (saturate) {
      // From floating point to whole numbers, saturation is the rule anyway.
      function =
          to.isFloat()
              ? function.andThen(FloatUnit.saturate(to))
              : from.isFloat() ? function : clamp(to, from);
    }
    if (relu) {
      function = function.andThen(FloatUnit.relu(to));
    }
    d.expect(2);
    return Elementwise.unary(d, d.source(1, from), function);
  }

  /** {@code cvt.rn.f16x2.f32 d, a, b}: a becomes the upper half, b the lower. */
  private static LaneInstruction pack(
      Decoding d, Type to, Type from, Rounding rounding, boolean relu) {
    FloatFormat format = FloatFormat.of(to);
    LongUnaryOperator edge =
        relu ? FloatUnit.relu(FloatArithmetic.half(to)) : LongUnaryOperator.identity();
    d.expect(3);
    return Elementwise.binary(
        d,
        d.source(1, from),
        d.source(2, from),
        (a, b) ->
            edge.applyAsLong(format.encode(FloatUnit.decode(from, a), rounding)) << 16
                | edge.applyAsLong(format.encode(FloatUnit.decode(from, b), rounding)));
  }

  private static LongUnaryOperator function(Type to, Type from, @Nullable String rounding) {
    Rounding how = Rounding.named(rounding == null ? "rn" : rounding);
    if (!from.isFloat()) {
      return to.isFloat()
          ? a -> fromInteger(to, from.narrow(a), from, how)
          : a -> to.narrow(from.narrow(a));
    }
    if (!to.isFloat()) {
      return a -> toInteger(to, how.toIntegral(FloatUnit.decode(from, a)), from);
    }
    if (rounding != null && rounding.endsWith("i")) {
      return a -> FloatUnit.encode(to, how.toIntegral(FloatUnit.decode(from, a)));
    }
    if (to == from) {
      return LongUnaryOperator.identity();
    }
    if (to == Type.F64) {
      return a -> FloatUnit.encode(to, FloatUnit.decode(from, a));
    }
    if (to == Type.F32 && how == Rounding.NEAREST) {
      return a -> FloatUnit.bits((float) FloatUnit.decode(from, a));
    }
    FloatFormat format = FloatFormat.of(to);
    return a -> format.encode(FloatUnit.decode(from, a), how);
  }

  /** The whole number's nearest double and what it lacks, rounded once. */
  private static long fromInteger(Type to, long value, Type from, Rounding how) {
    boolean large = from == Type.U64 && value < 0;
    double nearest =
        large ? new BigInteger(Long.toUnsignedString(value)).doubleValue() : (double) value;
    // A nearest double of 2^63 or 2^64 is more than a long holds, but the difference is right.
    long back =
        large || nearest == 0x1p63
            ? nearest == 0x1p64 ? 0 : (long) (nearest - 0x1p63) + Long.MIN_VALUE
            : (long) nearest;
    long rest = value - back;
    if (to == Type.F64) {
      return Double.doubleToLongBits(how.toDouble(nearest, Long.signum(rest)));
    }
    return FloatFormat.of(to).encode(Rounding.odd(nearest, rest), how);
  }

  /** What lies out of the type's range becomes its nearest end. */
  private static long toInteger(Type to, double value, Type from) {
    if (Double.isNaN(value)) {
      return from == Type.F64 || to.bits == 64 ? 1L << (to.bits - 1) : 0;
    }
    if (to == Type.U64) {
      if (value < 0x1p63) {
        return Math.max(0, (long) value);
      }
      return value >= 0x1p64 ? -1 : (long) (value - 0x1p63) + Long.MIN_VALUE;
    }
    return clampTo(to, (long) value);
  }

  private static long clampTo(Type to, long value) {
    if (to.isSigned()) {
      return Math.clamp(value, -1L << (to.bits - 1), (1L << (to.bits - 1)) - 1);
    }
    return to.bits == 64 ? Math.max(0, value) : Math.clamp(value, 0L, (1L << to.bits) - 1);
  }

  /** {@code .sat} between whole numbers. */
  private static LongUnaryOperator clamp(Type to, Type from) {
    return a -> {
      long value = from.narrow(a);
      boolean beyond = from == Type.U64 && value < 0;
      return beyond ? clampTo(to, Long.MAX_VALUE) : clampTo(to, value);
    };
  }
}
