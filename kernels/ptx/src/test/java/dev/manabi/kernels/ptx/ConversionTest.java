package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** {@code cvt} between types, on awkward values. */
class ConversionTest {
  private static final double[] NUMBERS = {
    0,
    -0.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    0.49999997,
    127.5,
    128,
    -129,
    255.5,
    65504,
    65519,
    65520,
    -65536,
    2147483647,
    2147483648.0,
    -2147483648.0,
    -2147483649.0,
    4294967295.0,
    4294967296.0,
    0x1p53 + 2,
    9.2e18,
    -9.3e18,
    1.8e19,
    1.9e19,
    1e-40,
    1e300,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };
  private static final long[] WHOLE = {
    0,
    1,
    -1,
    127,
    128,
    -128,
    -129,
    255,
    256,
    32767,
    65535,
    16777217,
    33554435,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0xffffffffL,
    (1L << 53) + 1,
    (1L << 54) + 6,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    0x8000_0000_0000_0401L
  };

  private static void check(
      String types, String widths, long[] values, LongUnaryOperator expected) {
    long[][] rows = SingleInstruction.singles(values);
    long[] results = SingleInstruction.run("cvt." + types + " D, A;", widths, rows);
    for (int i = 0; i < values.length; i++) {
      assertEquals(
          Long.toHexString(expected.applyAsLong(values[i])),
          Long.toHexString(results[i]),
          types + " of " + Long.toHexString(values[i]));
    }
  }

  private static long[] doubles() {
    long[] bits = new long[NUMBERS.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Double.doubleToRawLongBits(NUMBERS[i]);
    }
    return bits;
  }

  private static long[] floats() {
    long[] bits = new long[NUMBERS.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits((float) NUMBERS[i]) & 0xffffffffL;
    }
    return bits;
  }

  private static double wide(long bits) {
    return Double.longBitsToDouble(bits);
  }

  private static float single(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  private static long word(float value) {
    return Float.isNaN(value) ? 0x7fffffffL : Float.floatToRawIntBits(value) & 0xffffffffL;
  }

  @Test
  void fromFloatToWhole() {
    check("rzi.s32.f32", "32 32", floats(), a -> (int) single(a) & 0xffffffffL);
    check("rni.s32.f32", "32 32", floats(), a -> (int) Math.rint(single(a)) & 0xffffffffL);
    check("rmi.s32.f32", "32 32", floats(), a -> (int) Math.floor(single(a)) & 0xffffffffL);
    check("rpi.s32.f32", "32 32", floats(), a -> (int) Math.ceil(single(a)) & 0xffffffffL);
    check("rzi.u32.f32", "32 32", floats(), a -> (long) Math.clamp(single(a), 0.0, 4294967295.0));
    check(
        "rzi.s8.f32",
        "32 32",
        floats(),
        a -> Math.clamp((long) single(a), -128, 127) & 0xffffffffL);
    check(
        "rzi.s64.f64",
        "64 64",
        doubles(),
        a -> Double.isNaN(wide(a)) ? Long.MIN_VALUE : (long) wide(a));
    check(
        "rzi.s32.f64",
        "32 64",
        doubles(),
        a -> Double.isNaN(wide(a)) ? 0x80000000L : (int) wide(a) & 0xffffffffL);
    check(
        "rzi.u64.f64",
        "64 64",
        doubles(),
        a ->
            switch ((Double) wide(a)) {
              case Double d when d.isNaN() -> Long.MIN_VALUE;
              case Double d when d <= 0 -> 0;
              case Double d when d < 0x1p63 -> (long) (double) d;
              case Double d when d < 0x1p64 -> (long) (d / 2) * 2;
              default -> -1;
            });
  }

  @Test
  void fromWholeToFloat() {
    check("rn.f32.s32", "32 64", WHOLE, a -> word((int) a));
    check("rn.f32.u32", "32 64", WHOLE, a -> word(a & 0xffffffffL));
    check("rn.f32.s64", "32 64", WHOLE, a -> word(a));
    check("rn.f64.s64", "64 64", WHOLE, a -> Double.doubleToRawLongBits(a));
    check(
        "rn.f64.u64",
        "64 64",
        WHOLE,
        a -> Double.doubleToRawLongBits(Double.parseDouble(Long.toUnsignedString(a))));
    check("rn.f32.u64", "32 64", WHOLE, a -> word(Float.parseFloat(Long.toUnsignedString(a))));
    check(
        "rz.f32.s32",
        "32 64",
        new long[] {16777219, -16777219},
        a -> word(a > 0 ? 16777218 : -16777218));
    check(
        "rp.f32.s32",
        "32 64",
        new long[] {16777217, -16777217},
        a -> word(a > 0 ? 16777218 : -16777216));
    check(
        "rn.f16.s32",
        "16 64",
        new long[] {2049, 2051, 65519, 65520},
        a -> Float.floatToFloat16(a) & 0xffff);
  }

  @Test
  void betweenWholeNumbers() {
    check("s64.s32", "64 64", WHOLE, a -> (int) a);
    check("u64.u32", "64 64", WHOLE, a -> a & 0xffffffffL);
    check("s32.s8", "32 64", WHOLE, a -> (byte) a & 0xffffffffL);
    check("u32.u8", "32 64", WHOLE, a -> a & 0xff);
    check("u16.u64", "16 64", WHOLE, a -> a & 0xffff);
    check("sat.s8.s32", "32 64", WHOLE, a -> Math.clamp((int) a, -128, 127) & 0xffffffffL);
    check("sat.u8.s64", "32 64", WHOLE, a -> Math.clamp(a, 0, 255));
    check("sat.s32.u64", "32 64", WHOLE, a -> a < 0 ? 0x7fffffff : Math.min(a, 0x7fffffff));
  }

  @Test
  void betweenFloats() {
    check("rn.f32.f64", "32 64", doubles(), a -> word((float) wide(a)));
    check("f64.f32", "64 32", floats(), a -> Double.doubleToLongBits(single(a)));
    check("rn.f16.f32", "16 32", floats(), a -> half(single(a)));
    check(
        "f32.f16",
        "32 32",
        new long[] {0, 1, 0x8001, 0x3c01, 0x7bff, 0x7c00, 0x7e00},
        a -> word(Float.float16ToFloat((short) a)));
    check("rn.bf16.f32", "16 32", floats(), a -> bf16(single(a)));
    check("f32.bf16", "32 32", new long[] {0x3f80, 0xc049, 0x7f80, 1}, a -> a << 16);
    check(
        "rz.f16.f32",
        "16 32",
        floats(),
        a -> {
          float x = single(a);
          short nearest = Float.floatToFloat16(x);
          float back = Float.float16ToFloat(nearest);
          return Float.isNaN(x)
              ? 0x7fff
              : (Math.abs(back) > Math.abs(x) ? nearest - 1 : nearest) & 0xffff;
        });
    check("rni.f32.f32", "32 32", floats(), a -> word((float) Math.rint(single(a))));
    check("rmi.f64.f64", "64 64", doubles(), a -> Double.doubleToLongBits(Math.floor(wide(a))));
  }

  private static long half(float x) {
    return Float.isNaN(x) ? 0x7fff : Float.floatToFloat16(x) & 0xffff;
  }

  private static long bf16(float x) {
    int bits = Float.floatToRawIntBits(x);
    return Float.isNaN(x) ? 0x7fff : (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16 & 0xffff;
  }

  @Test
  void twoAtOnce() {
    long[][] rows = SingleInstruction.pairs(0x3f800000L, 0xc0490fdbL, 0x7f7fffffL);
    long[] halves = SingleInstruction.run("cvt.rn.f16x2.f32 D, A, B;", "32 32 32", rows);
    long[] brains = SingleInstruction.run("cvt.rn.relu.bf16x2.f32 D, A, B;", "32 32 32", rows);
    for (int i = 0; i < rows.length; i++) {
      float a = single(rows[i][0]);
      float b = single(rows[i][1]);
      assertEquals(half(a) << 16 | half(b), halves[i]);
      assertEquals(bf16(Math.max(a, 0)) << 16 | bf16(Math.max(b, 0)), brains[i]);
    }
  }
}
