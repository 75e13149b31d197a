package dev.manabi.kernels.ptx;

import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * {@code and, or, xor, not, cnot, shl, shr, shf, bfe, bfi, brev, clz, popc, bfind, lop3, prmt}. On
 * predicates, the logical ones work on the 32 bits of a warp at once.
 */
final class BitManipulation {
  private BitManipulation() {}

  /** {@code and, or, xor}. */
  static LaneInstruction logical(Decoding d) {
    LongBinaryOperator function =
        switch (d.form.base) {
          case "and" -> (a, b) -> a & b;
          case "or" -> (a, b) -> a | b;
          default -> (a, b) -> a ^ b;
        };
    Type type = d.form.type();
    d.expect(3);
    if (type == Type.PRED) {
      int to = d.predicateTarget(d.operand(0));
      int a = d.predicate(d.operand(1));
      int b = d.predicate(d.operand(2));
      return (warp, mask) ->
          setPredicate(
              warp, to, mask, (int) function.applyAsLong(warp.predicate(a), warp.predicate(b)));
    }
    return Elementwise.binary(d, d.source(1, type), d.source(2, type), function);
  }

  /** Sets a predicate in those lanes that execute. */
  static void setPredicate(Warp warp, int to, int mask, int value) {
    warp.predicates[to] = (warp.predicates[to] & ~mask) | (value & mask);
  }

  static LaneInstruction not(Decoding d) {
    Type type = d.form.type();
    d.expect(2);
    if (type == Type.PRED) {
      int to = d.predicateTarget(d.operand(0));
      int a = d.predicate(d.operand(1));
      return (warp, mask) -> setPredicate(warp, to, mask, ~warp.predicate(a));
    }
    return Elementwise.unary(d, d.source(1, type), a -> ~a);
  }

  /** {@code shl, shr}: by the width or more, nothing but the sign is left. */
  static LaneInstruction shift(Decoding d) {
    Type type = d.form.type();
    d.expect(3);
    LongBinaryOperator function =
        d.form.base.equals("shl")
            ? (a, b) -> (b & 0xffff_ffffL) >= type.bits ? 0 : a << b
            : (a, b) -> {
              long amount = Math.min(b & 0xffff_ffffL, type.bits);
              long value = type.narrow(a);
              return type.isSigned()
                  ? value >> Math.min(amount, 63)
                  : amount == 64 ? 0 : value >>> amount;
            };
    return Elementwise.binary(d, d.source(1, type), d.source(2, Type.U32), function);
  }

  /** {@code shf}: a window of 32 bits on a register pair. */
  static LaneInstruction funnel(Decoding d) {
    boolean left = d.form.takeOne("l", "r").equals("l");
    boolean clamp = d.form.takeOne("clamp", "wrap").equals("clamp");
    d.form.type();
    d.expect(4);
    return Elementwise.ternary(
        d,
        d.source(1, Type.B32),
        d.source(2, Type.B32),
        d.source(3, Type.U32),
        (low, high, by) -> {
          long pair = (low & 0xffff_ffffL) | high << 32;
          long amount = clamp ? Math.min(by & 0xffff_ffffL, 32) : by & 31;
          return left ? pair << amount >>> 32 : pair >>> amount;
        });
  }

  /** {@code bfe}: a field of c bits from bit b of a. */
  static LaneInstruction extract(Decoding d) {
    Type type = d.form.type();
    d.expect(4);
    return Elementwise.ternary(
        d,
        d.source(1, type),
        d.source(2, Type.U32),
        d.source(3, Type.U32),
        (a, b, c) -> {
          int from = (int) b & 0xff;
          int length = (int) c & 0xff;
          if (length == 0) {
            return 0;
          }
          // Beyond the register stand copies of its sign, or zeros.
          long value = type.narrow(a);
          long moved =
              type.isSigned() ? value >> Math.min(from, 63) : from > 63 ? 0 : value >>> from;
          if (length >= 64) {
            return moved;
          }
          int above = 64 - length;
          return type.isSigned() ? moved << above >> above : moved << above >>> above;
        });
  }

  /** {@code bfi}: b, but with the low bits of a in a field of it. */
  static LaneInstruction insert(Decoding d) {
    Type type = d.form.type();
    d.expect(5);
    int to = d.target(0);
    int a = d.source(1, type);
    int b = d.source(2, type);
    int c = d.source(3, Type.U32);
    int e = d.source(4, Type.U32);
    return (warp, mask) -> {
      long[] r = warp.registers;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        int from = (int) r[c + lane] & 0xff;
        int length = (int) r[e + lane] & 0xff;
        long field = length >= 64 ? -1 : (1L << length) - 1;
        long place = from >= type.bits ? 0 : field << from;
        long moved = from >= type.bits ? 0 : r[a + lane] << from;
        r[to + lane] = (r[b + lane] & ~place) | (moved & place);
      }
    };
  }

  /** {@code brev, clz, popc, cnot, bfind}. */
  static LaneInstruction count(Decoding d) {
    boolean shiftAmount = d.form.take("shiftamt");
    Type type = d.form.type();
    d.expect(2);
    LongUnaryOperator function =
        switch (d.form.base) {
          case "brev" -> a -> Long.reverse(a) >>> (64 - type.bits);
          case "clz" -> a -> Long.numberOfLeadingZeros(type.narrow(a)) - (64 - type.bits);
          case "popc" -> a -> Long.bitCount(type.narrow(a));
          case "cnot" -> a -> type.narrow(a) == 0 ? 1 : 0;
          default -> a -> highest(type, a, shiftAmount);
        };
    return Elementwise.unary(d, d.source(1, type), function);
  }

  /** The highest bit that differs from the sign. */
  private static long highest(Type type, long a, boolean shiftAmount) {
    long value = type.narrow(a);
    long bit = 63 - Long.numberOfLeadingZeros(type.isSigned() && value < 0 ? ~value : value);
    return shiftAmount && bit >= 0 ? type.bits - 1 - bit : bit;
  }

  /** {@code lop3}: any logical function of three bits, given as a table of eight. */
  static LaneInstruction threeInputs(Decoding d) {
    d.form.type();
    d.expect(5);
    int table = d.source(4, Type.B32);
    int to = d.target(0);
    int a = d.source(1, Type.B32);
    int b = d.source(2, Type.B32);
    int c = d.source(3, Type.B32);
    return (warp, mask) -> {
      long[] r = warp.registers;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        r[to + lane] = lookUp((int) r[table + lane], r[a + lane], r[b + lane], r[c + lane]);
      }
    };
  }

  private static long lookUp(int table, long a, long b, long c) {
    long result = 0;
    for (int row = 0; row < 8; row++) {
      if ((table >> row & 1) != 0) {
        result |= ((row & 4) != 0 ? a : ~a) & ((row & 2) != 0 ? b : ~b) & ((row & 1) != 0 ? c : ~c);
      }
    }
    return result;
  }

  /** {@code prmt}: four bytes chosen from the eight of two registers. */
  static LaneInstruction permute(Decoding d) {
    d.form.type();
    String mode = d.form.takeAny("f4e", "b4e", "rc8", "ecl", "ecr", "rc16");
    d.expect(4);
    return Elementwise.ternary(
        d,
        d.source(1, Type.B32),
        d.source(2, Type.B32),
        d.source(3, Type.B32),
        (low, high, control) -> {
          long pair = (low & 0xffff_ffffL) | high << 32;
          long result = 0;
          for (int i = 0; i < 4; i++) {
            int choice = mode == null ? (int) (control >> 4 * i) & 15 : choice(mode, control, i);
            long octet = pair >>> 8 * (choice & 7) & 0xff;
            if ((choice & 8) != 0) {
              // Its sign only, eight times.
              octet = (octet & 0x80) != 0 ? 0xff : 0;
            }
            result |= octet << 8 * i;
          }
          return result;
        });
  }

  private static int choice(String mode, long control, int i) {
    int c = (int) control & 3;
    return switch (mode) {
      case "f4e" -> c + i;
      case "b4e" -> (c - i) & 7;
      case "rc8" -> c;
      case "ecl" -> Math.max(i, c);
      case "ecr" -> Math.min(i, c);
      default -> (c & 1) * 2 + (i & 1);
    };
  }
}
