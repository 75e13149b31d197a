package dev.manabi.kernels.ptx;

import java.util.List;
import java.util.function.LongBinaryOperator;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** {@code setp, set, selp, slct}. */
final class Comparison {
  private static final String[] RELATIONS = {
    "eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu", "gtu",
    "geu", "num", "nan"
  };

  /** A relation of the bits of two registers. */
  @FunctionalInterface
  interface Relation {
    boolean holds(long a, long b);
  }

  /** A loop over lanes that compares. */
  interface Loop {
    /** The lanes in which a relation holds of the bits of two registers from {@code shift} on. */
    int run(long[] registers, int mask, int a, int b, int shift);
  }

  private Comparison() {}

  /** {@code setp}: with a second result that is its opposite, combined with a third operand. */
  static LaneInstruction setPredicate(Decoding d) {
    String name = d.form.takeOne(RELATIONS);
    String combine = d.form.takeAny("and", "or", "xor");
    boolean flush = d.form.take("ftz");
    Type type = d.form.type();
    d.expect(combine == null ? 3 : 4);
    boolean pair = d.operand(0) instanceof Operand.Pair;
    List<Operand> results =
        d.operand(0) instanceof Operand.Pair(Operand first, Operand second)
            ? List.of(first, second)
            : List.of(d.operand(0));
    int to = d.predicateTarget(results.getFirst());
    int other = pair ? d.predicateTarget(results.getLast()) : -1;
    int a = d.source(1, type);
    int b = d.source(2, type);
    int with = combine == null ? 0 : d.predicate(d.operand(3));
    Relation relation = relation(d, name, FloatArithmetic.half(type), flush);
    Loop loop = LoopTemplate.copy(d.statement.opcode(), Loop.class, CompareLoop.class, relation);
    boolean packed = type.isPacked();
    return (warp, mask) -> {
      int result = loop.run(warp.registers, mask, a, b, 0);
      // Of a packed type, the second result is about the upper halves.
      int second = packed ? loop.run(warp.registers, mask, a, b, 16) : ~result;
      int third = warp.predicate(with);
      BitManipulation.setPredicate(warp, to, mask, combine(combine, result, third));
      if (other >= 0) {
        BitManipulation.setPredicate(warp, other, mask, combine(combine, second, third));
      }
    };
  }

  private static int combine(@Nullable String how, int a, int b) {
    return switch (how) {
      case null -> a;
      case "and" -> a & b;
      case "or" -> a | b;
      default -> a ^ b;
    };
  }

  private static Relation relation(Decoding d, String name, Type type, boolean flush) {
    if (type.isFloat()) {
      LongToDoubleFunction plain = FloatUnit.decoder(type);
      LongToDoubleFunction decoder =
          flush ? a -> plain.applyAsDouble(FloatUnit.flush(type).applyAsLong(a)) : plain;
      return floats(d, name, decoder);
    }
    return switch (type) {
      case S32 -> words(d, name);
      case U32, B32 -> unsignedWords(d, name);
      default -> {
        Relation wide = type.isSigned() ? longs(d, name) : unsignedLongs(d, name);
        yield (a, b) -> wide.holds(type.narrow(a), type.narrow(b));
      }
    };
  }

  private static Relation words(Decoding d, String name) {
    return switch (name) {
      case "eq" -> (a, b) -> (int) a == (int) b;
      case "ne" -> (a, b) -> (int) a != (int) b;
      case "lt" -> (a, b) -> (int) a < (int) b;
      case "le" -> (a, b) -> (int) a <= (int) b;
      case "gt" -> (a, b) -> (int) a > (int) b;
      case "ge" -> (a, b) -> (int) a >= (int) b;
      default -> throw d.form.error("." + name + " does not compare signed numbers");
    };
  }

  private static Relation unsignedWords(Decoding d, String name) {
    Relation wide = unsignedLongs(d, name);
    return (a, b) -> wide.holds(a & 0xffff_ffffL, b & 0xffff_ffffL);
  }

  private static Relation longs(Decoding d, String name) {
    return switch (name) {
      case "eq" -> (a, b) -> a == b;
      case "ne" -> (a, b) -> a != b;
      case "lt" -> (a, b) -> a < b;
      case "le" -> (a, b) -> a <= b;
      case "gt" -> (a, b) -> a > b;
      case "ge" -> (a, b) -> a >= b;
      default -> throw d.form.error("." + name + " does not compare signed numbers");
    };
  }

  private static Relation unsignedLongs(Decoding d, String name) {
    return switch (name) {
      case "eq" -> (a, b) -> a == b;
      case "ne" -> (a, b) -> a != b;
      case "lt", "lo" -> (a, b) -> Long.compareUnsigned(a, b) < 0;
      case "le", "ls" -> (a, b) -> Long.compareUnsigned(a, b) <= 0;
      case "gt", "hi" -> (a, b) -> Long.compareUnsigned(a, b) > 0;
      case "ge", "hs" -> (a, b) -> Long.compareUnsigned(a, b) >= 0;
      default -> throw d.form.error("." + name + " does not compare whole numbers");
    };
  }

  /** Plain relations do not hold for a NaN; those that end in u hold for it. */
  private static Relation floats(Decoding d, String name, LongToDoubleFunction decoder) {
    FloatRelation relation =
        switch (name) {
          case "eq" -> (x, y) -> x == y;
          case "ne" -> (x, y) -> x < y || x > y;
          case "lt" -> (x, y) -> x < y;
          case "le" -> (x, y) -> x <= y;
          case "gt" -> (x, y) -> x > y;
          case "ge" -> (x, y) -> x >= y;
          case "equ" -> (x, y) -> !(x < y || x > y);
          case "neu" -> (x, y) -> x != y;
          case "ltu" -> (x, y) -> !(x >= y);
          case "leu" -> (x, y) -> !(x > y);
          case "gtu" -> (x, y) -> !(x <= y);
          case "geu" -> (x, y) -> !(x < y);
          case "num" -> (x, y) -> !Double.isNaN(x) && !Double.isNaN(y);
          case "nan" -> (x, y) -> Double.isNaN(x) || Double.isNaN(y);
          default -> throw d.form.error("." + name + " does not compare floating-point numbers");
        };
    return (a, b) -> relation.holds(decoder.applyAsDouble(a), decoder.applyAsDouble(b));
  }

  @FunctionalInterface
  private interface FloatRelation {
    boolean holds(double x, double y);
  }

  /** {@code set}: all bits, or a 1 of floating point, where a relation holds. */
  static LaneInstruction set(Decoding d) {
    String name = d.form.takeOne(RELATIONS);
    boolean flush = d.form.take("ftz");
    Type result = d.form.type();
    Type type = d.form.type();
    Type half = FloatArithmetic.half(result);
    long yes = half.isFloat() ? FloatUnit.encode(half, 1) : -1;
    Relation relation = relation(d, name, FloatArithmetic.half(type), flush);
    LongBinaryOperator function = (a, b) -> relation.holds(a, b) ? yes : 0;
    d.expect(3);
    return Elementwise.binary(
        d,
        d.source(1, type),
        d.source(2, type),
        type.isPacked() ? Elementwise.packed(function) : function);
  }

  /** {@code selp}: a where a predicate is true, otherwise b. */
  static LaneInstruction select(Decoding d) {
    Type type = d.form.type();
    d.expect(4);
    int to = d.target(0);
    int a = d.source(1, type);
    int b = d.source(2, type);
    int by = d.predicate(d.operand(3));
    return (warp, mask) -> {
      long[] r = warp.registers;
      int choice = warp.predicate(by);
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        r[to + lane] = r[((choice >>> lane & 1) != 0 ? a : b) + lane];
      }
    };
  }

  /** {@code slct}: a where c is not negative, otherwise b. */
  static LaneInstruction selectBySign(Decoding d) {
    d.form.ignore("ftz");
    Type type = d.form.type();
    Type sign = d.form.type();
    d.expect(4);
    return Elementwise.ternary(
        d,
        d.source(1, type),
        d.source(2, type),
        d.source(3, sign),
        (a, b, c) -> {
          boolean first = sign == Type.F32 ? FloatUnit.decode(sign, c) >= 0 : sign.narrow(c) >= 0;
          return first ? a : b;
        });
  }
}
