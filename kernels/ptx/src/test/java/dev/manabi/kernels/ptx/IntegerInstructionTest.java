package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** Whole numbers and bits, on awkward values, against the semantics of Java. */
class IntegerInstructionTest {
  private static final long[] WORDS = {
    0,
    1,
    2,
    3,
    7,
    31,
    32,
    33,
    63,
    64,
    255,
    256,
    0x7fff,
    0x8000,
    0xffff,
    0x12345678,
    0x7fffffff,
    0x80000000L,
    0x80000001L,
    0xfffffff9L,
    0xffffffffL
  };
  private static final long[] LONGS = {
    0,
    1,
    -1,
    2,
    13,
    -13,
    63,
    64,
    0xffffffffL,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1,
    0x123456789abcdefL
  };

  private static void words(String instruction, LongBinaryOperator expected) {
    binary(instruction, "32 32 32", WORDS, (a, b) -> expected.applyAsLong((int) a, (int) b), 32);
  }

  private static void unsigned(String instruction, LongBinaryOperator expected) {
    binary(instruction, "32 32 32", WORDS, expected, 32);
  }

  private static void longs(String instruction, LongBinaryOperator expected) {
    binary(instruction, "64 64 64", LONGS, expected, 64);
  }

  private static void binary(
      String instruction, String widths, long[] values, LongBinaryOperator expected, int bits) {
    long[][] rows = SingleInstruction.pairs(values);
    long[] results = SingleInstruction.run(instruction, widths, rows);
    for (int i = 0; i < rows.length; i++) {
      long right = expected.applyAsLong(rows[i][0], rows[i][1]);
      assertEquals(
          Long.toHexString(bits == 64 ? right : right & (1L << bits) - 1),
          Long.toHexString(results[i]),
          instruction
              + " of "
              + Long.toHexString(rows[i][0])
              + ", "
              + Long.toHexString(rows[i][1]));
    }
  }

  private static void unary(
      String instruction, String widths, long[] values, LongUnaryOperator expected) {
    long[][] rows = SingleInstruction.singles(values);
    long[] results = SingleInstruction.run(instruction, widths, rows);
    for (int i = 0; i < rows.length; i++) {
      assertEquals(
          Long.toHexString(expected.applyAsLong(rows[i][0])),
          Long.toHexString(results[i]),
          instruction + " of " + Long.toHexString(rows[i][0]));
    }
  }

  @Test
  void sumsAndProducts() {
    words("add.s32 D, A, B;", Long::sum);
    words("sub.u32 D, A, B;", (a, b) -> a - b);
    words("mul.lo.s32 D, A, B;", (a, b) -> a * b);
    words("mul.hi.s32 D, A, B;", (a, b) -> a * b >> 32);
    unsigned("mul.hi.u32 D, A, B;", (a, b) -> a * b >>> 32);
    words(
        "add.sat.s32 D, A, B;", (a, b) -> Math.clamp(a + b, Integer.MIN_VALUE, Integer.MAX_VALUE));
    longs("add.u64 D, A, B;", Long::sum);
    longs("mul.lo.u64 D, A, B;", (a, b) -> a * b);
    longs("mul.hi.s64 D, A, B;", Math::multiplyHigh);
    longs("mul.hi.u64 D, A, B;", Math::unsignedMultiplyHigh);
    binary("mul.wide.s32 D, A, B;", "64 32 32", WORDS, (a, b) -> (long) (int) a * (int) b, 64);
    binary("mul.wide.u32 D, A, B;", "64 32 32", WORDS, (a, b) -> a * b, 64);
    binary("mul.wide.s16 D, A, B;", "32 16 16", WORDS, (a, b) -> (long) (short) a * (short) b, 32);
    unsigned("mul24.lo.u32 D, A, B;", (a, b) -> (a & 0xffffff) * (b & 0xffffff));
  }

  @Test
  void quotients() {
    words("div.s32 D, A, B;", (a, b) -> b == 0 ? -1 : a / b);
    words("rem.s32 D, A, B;", (a, b) -> b == 0 ? a : a % b);
    unsigned("div.u32 D, A, B;", (a, b) -> b == 0 ? -1 : a / b);
    unsigned("rem.u32 D, A, B;", (a, b) -> b == 0 ? a : a % b);
    longs("div.s64 D, A, B;", (a, b) -> b == 0 ? -1 : a / b);
    longs("rem.u64 D, A, B;", (a, b) -> b == 0 ? a : Long.remainderUnsigned(a, b));
  }

  @Test
  void extremes() {
    words("min.s32 D, A, B;", Math::min);
    words("max.s32 D, A, B;", Math::max);
    unsigned("min.u32 D, A, B;", Math::min);
    unsigned("max.u32 D, A, B;", Math::max);
    longs("max.u64 D, A, B;", (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b);
    binary("min.s16 D, A, B;", "16 16 16", WORDS, (a, b) -> Math.min((short) a, (short) b), 16);
  }

  @Test
  void logic() {
    words("and.b32 D, A, B;", (a, b) -> a & b);
    words("or.b32 D, A, B;", (a, b) -> a | b);
    longs("xor.b64 D, A, B;", (a, b) -> a ^ b);
    longs("not.b64 D, A;", (a, _) -> ~a);
    // a & b | ~a & c, with c = b.
    words("lop3.b32 D, A, B, B, 0xca;", (_, b) -> b);
    words("lop3.b32 D, A, B, B, 0x3c;", (a, b) -> a ^ b);
  }

  @Test
  void shifts() {
    unsigned("shl.b32 D, A, B;", (a, b) -> b > 31 ? 0 : a << b);
    unsigned("shr.u32 D, A, B;", (a, b) -> b > 31 ? 0 : a >>> b);
    unsigned("shr.s32 D, A, B;", (a, b) -> (int) a >> Math.min(b, 31));
    binary(
        "shr.u64 D, A, B;", "64 64 32", LONGS, (a, b) -> (b & 0xffffffffL) > 63 ? 0 : a >>> b, 64);
    binary("shr.s64 D, A, B;", "64 64 32", LONGS, (a, b) -> a >> Math.min(b & 0xffffffffL, 63), 64);
    unsigned("shf.l.wrap.b32 D, A, A, B;", (a, b) -> Integer.rotateLeft((int) a, (int) b));
    unsigned("shf.r.wrap.b32 D, A, A, B;", (a, b) -> Integer.rotateRight((int) a, (int) b));
    unsigned("shf.l.clamp.b32 D, 0, A, B;", (a, b) -> b > 31 ? 0 : a << b);
  }

  @Test
  void fields() {
    unsigned(
        "bfe.u32 D, A, 4, B;",
        (a, b) -> {
          int length = (int) b & 255;
          return length > 31 ? a >>> 4 : a >>> 4 & (1L << length) - 1;
        });
    unsigned("bfe.s32 D, A, B, 8;", (a, b) -> (int) a >> Math.min((int) b & 255, 31) << 24 >> 24);
    unsigned("bfi.b32 D, A, B, 8, 12;", (a, b) -> (b & ~0xfff00L) | (a & 0xfff) << 8);
    unsigned(
        "prmt.b32 D, A, B, 0x0647;",
        (a, b) -> (b >> 24 & 255) | (b & 255) << 8 | (b >> 16 & 255) << 16 | (a & 255) << 24);
    // The sign of byte 3 of A, everywhere.
    words("prmt.b32 D, A, B, 0xbbbb;", (a, _) -> a < 0 ? -1 : 0);
  }

  @Test
  void counts() {
    unary("clz.b32 D, A;", "32 32", WORDS, a -> Integer.numberOfLeadingZeros((int) a));
    unary("clz.b64 D, A;", "32 64", LONGS, Long::numberOfLeadingZeros);
    unary("popc.b64 D, A;", "32 64", LONGS, Long::bitCount);
    unary("brev.b32 D, A;", "32 32", WORDS, a -> Integer.reverse((int) a) & 0xffffffffL);
    unary("brev.b64 D, A;", "64 64", LONGS, Long::reverse);
    unary("abs.s32 D, A;", "32 32", WORDS, a -> Math.abs((int) a) & 0xffffffffL);
    unary("neg.s64 D, A;", "64 64", LONGS, a -> -a);
    unary(
        "bfind.u32 D, A;",
        "32 32",
        WORDS,
        a -> 31 - Integer.numberOfLeadingZeros((int) a) & 0xffffffffL);
  }

  @Test
  void sumsOfThree() {
    long[][] rows = SingleInstruction.triples(0, 1, 0xffffffffL, 0x80000000L, 0x12345678, 77);
    long[] low = SingleInstruction.run("mad.lo.s32 D, A, B, C;", "32 32 32 32", rows);
    long[] high = SingleInstruction.run("mad.hi.u32 D, A, B, C;", "32 32 32 32", rows);
    long[] wide = SingleInstruction.run("mad.wide.u32 D, A, B, C;", "64 32 32 64", rows);
    long[] sad = SingleInstruction.run("sad.u32 D, A, B, C;", "32 32 32 32", rows);
    long[] dot = SingleInstruction.run("dp4a.u32.u32 D, A, B, C;", "32 32 32 32", rows);
    for (int i = 0; i < rows.length; i++) {
      long a = rows[i][0];
      long b = rows[i][1];
      long c = rows[i][2];
      assertEquals(a * b + c & 0xffffffffL, low[i]);
      assertEquals((a * b >>> 32) + c & 0xffffffffL, high[i]);
      assertEquals(a * b + c, wide[i]);
      assertEquals(c + Math.abs(a - b) & 0xffffffffL, sad[i]);
      long sum = c;
      for (int k = 0; k < 32; k += 8) {
        sum += (a >> k & 255) * (b >> k & 255);
      }
      assertEquals(sum & 0xffffffffL, dot[i]);
    }
  }

  @Test
  void carries() {
    long[][] rows = SingleInstruction.pairs(LONGS);
    String sum =
        """
        { .reg .b32 al, ah, bl, bh, dl, dh;
          mov.b64 {al, ah}, A;
          mov.b64 {bl, bh}, B;
          %s.cc.u32 dl, al, bl;
          %sc.u32 dh, ah, bh;
          mov.b64 D, {dl, dh}; }
        """;
    long[] sums = SingleInstruction.run(sum.formatted("add", "add"), "64 64 64", rows);
    long[] differences = SingleInstruction.run(sum.formatted("sub", "sub"), "64 64 64", rows);
    long[] high =
        SingleInstruction.run(
            """
            { .reg .b32 al, ah, bl, bh, x, y, z, w;
              mov.b64 {al, ah}, A;
              mov.b64 {bl, bh}, B;
              mul.hi.u32 y, al, bl;
              mad.lo.cc.u32 y, ah, bl, y;
              madc.hi.u32 z, ah, bl, 0;
              mad.lo.cc.u32 y, al, bh, y;
              madc.hi.cc.u32 z, al, bh, z;
              addc.u32 w, 0, 0;
              mad.lo.cc.u32 z, ah, bh, z;
              madc.hi.u32 w, ah, bh, w;
              mov.b64 D, {z, w}; }
            """,
            "64 64 64",
            rows);
    for (int i = 0; i < rows.length; i++) {
      long a = rows[i][0];
      long b = rows[i][1];
      assertEquals(a + b, sums[i]);
      assertEquals(a - b, differences[i]);
      BigInteger product =
          new BigInteger(Long.toUnsignedString(a))
              .multiply(new BigInteger(Long.toUnsignedString(b)));
      assertEquals(product.shiftRight(64).longValue(), high[i]);
    }
  }

  @Test
  void comparisons() {
    String select = "setp.%s %%p1, A, B;\nselp.u32 D, 1, 0, %%p1;";
    words(select.formatted("lt.s32"), (a, b) -> a < b ? 1 : 0);
    unsigned(select.formatted("lt.u32"), (a, b) -> a < b ? 1 : 0);
    unsigned(select.formatted("hs.u32"), (a, b) -> a >= b ? 1 : 0);
    words(select.formatted("ne.b32"), (a, b) -> a != b ? 1 : 0);
    binary(select.formatted("ge.s64"), "32 64 64", LONGS, (a, b) -> a >= b ? 1 : 0, 32);
    binary(
        select.formatted("gt.s16"), "32 16 16", WORDS, (a, b) -> (short) a > (short) b ? 1 : 0, 32);
    unsigned("set.gt.u32.u32 D, A, B;", (a, b) -> a > b ? -1 : 0);
    unsigned("set.le.f32.u32 D, A, B;", (a, b) -> a <= b ? 0x3f800000 : 0);
    words("slct.u32.s32 D, A, B, B;", (a, b) -> b >= 0 ? a : b);
    unsigned(
        "setp.eq.u32 %p1|%p2, A, B;\nsetp.gt.and.u32 %p3, A, 7, %p2;\nselp.u32 D, A, B, %p3;",
        (a, b) -> a != b && a > 7 ? a : b);
    unsigned(
        "setp.eq.u32 %p1, A, B;\nsetp.gt.xor.u32 %p3, A, 7, !%p1;\nselp.u32 D, A, B, !%p3;",
        (a, b) -> a > 7 ^ a != b ? b : a);
  }

  @Test
  void packing() {
    longs(
        "{ .reg .b32 x, y;\n mov.b64 {x, y}, A;\n mov.b64 D, {y, x}; }",
        (a, _) -> Long.rotateLeft(a, 32));
    unsigned("{ .reg .b16 x, y;\n mov.b32 {x, y}, A;\n mov.b32 D, {0, x}; }", (a, _) -> a << 16);
    unsigned(
        "{ .reg .b16 y;\n mov.b32 {_, y}, A;\n mov.b32 D, {y, y}; }",
        (a, _) -> (a >>> 16) * 0x10001);
  }
}
