package dev.manabi.kernels.ptx;

import java.util.List;

/** An operand as it is written. */
sealed interface Operand {
  /** A register, a special register, a variable, a label or a function. */
  record Name(String text) implements Operand {}

  record Int(long value) implements Operand {}

  /** A literal of floating point, by its bits: those of an f32 if {@code single}, or of an f64. */
  record Real(long bits, boolean single) implements Operand {
    /** The bits of this number, or of its negative, in a type. */
    long as(Type type, boolean negative) {
      double value = single ? Float.intBitsToFloat((int) bits) : Double.longBitsToDouble(bits);
      double signed = negative ? -value : value;
      return switch (type) {
        case F64 -> single || negative ? Double.doubleToRawLongBits(signed) : bits;
        case F16, BF16, F16X2, BF16X2, TF32 -> FloatFormat.of(type).encode(signed);
        default ->
            single
                ? bits ^ (negative ? 0x8000_0000L : 0)
                : type.bits == 32 ? Float.floatToRawIntBits((float) signed) : bits;
      };
    }
  }

  /** {@code {a, b}}. */
  record Vector(List<Operand> elements) implements Operand {}

  /** {@code [base+offset]}; without base, {@code base} is an {@link Int} of 0. */
  record Address(Operand base, long offset) implements Operand {}

  /** {@code a|b}: a result and a second one. */
  record Pair(Operand first, Operand second) implements Operand {}

  /** {@code !p}. */
  record Not(Name predicate) implements Operand {}

  /** {@code (a, b)}: the arguments of a call. */
  record Arguments(List<Operand> elements) implements Operand {}
}
