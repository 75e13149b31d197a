package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Floating-point numbers, on awkward values, against Java and exact arithmetic. */
class FloatInstructionTest {
  private static final float[] FLOATS = {
    0f,
    -0f,
    1f,
    -1f,
    1.5f,
    3f,
    -7.25f,
    1 / 3f,
    1e-3f,
    1e10f,
    -3e38f,
    Float.MAX_VALUE,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    0x1.fffffep-127f,
    16777217f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };
  private static final double[] DOUBLES = {
    0,
    -0.0,
    1,
    -1,
    1 / 3.0,
    -7.25,
    1e300,
    -1e-300,
    4e-324,
    Double.MAX_VALUE,
    Double.POSITIVE_INFINITY,
    Double.NaN,
    0x1p53 + 2
  };

  private static long[] bits(float... values) {
    long[] bits = new long[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]) & 0xffffffffL;
    }
    return bits;
  }

  private static float single(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  private interface FloatBinary {
    float of(float a, float b);
  }

  private static void floats(String instruction, FloatBinary expected) {
    long[][] rows = SingleInstruction.pairs(bits(FLOATS));
    long[] results = SingleInstruction.run(instruction, "32 32 32", rows);
    for (int i = 0; i < rows.length; i++) {
      float a = single(rows[i][0]);
      float b = single(rows[i][1]);
      // Boxed, so that -0 differs from 0 and a NaN equals a NaN.
      assertEquals(
          (Float) expected.of(a, b),
          (Float) single(results[i]),
          instruction + " of " + a + ", " + b);
    }
  }

  private static void doubles(String instruction, DoubleBinaryOperator expected) {
    long[][] rows =
        SingleInstruction.pairs(
            DoubleStream.of(DOUBLES).mapToLong(Double::doubleToRawLongBits).toArray());
    long[] results = SingleInstruction.run(instruction, "64 64 64", rows);
    for (int i = 0; i < rows.length; i++) {
      double a = Double.longBitsToDouble(rows[i][0]);
      double b = Double.longBitsToDouble(rows[i][1]);
      assertEquals(
          (Double) expected.applyAsDouble(a, b),
          (Double) Double.longBitsToDouble(results[i]),
          instruction + " of " + a + ", " + b);
    }
  }

  @Test
  void roundedToNearest() {
    floats("add.rn.f32 D, A, B;", Float::sum);
    floats("sub.f32 D, A, B;", (a, b) -> a - b);
    floats("mul.rn.f32 D, A, B;", (a, b) -> a * b);
    floats("div.rn.f32 D, A, B;", (a, b) -> a / b);
    floats("fma.rn.f32 D, A, B, A;", (a, b) -> Math.fma(a, b, a));
    floats("sqrt.rn.f32 D, A;", (a, _) -> (float) Math.sqrt(a));
    floats("rcp.rn.f32 D, A;", (a, _) -> 1 / a);
    doubles("add.f64 D, A, B;", Double::sum);
    doubles("mul.rn.f64 D, A, B;", (a, b) -> a * b);
    doubles("div.rn.f64 D, A, B;", (a, b) -> a / b);
    doubles("fma.rn.f64 D, A, B, B;", (a, b) -> Math.fma(a, b, b));
    doubles("sqrt.rn.f64 D, A;", (a, _) -> Math.sqrt(a));
  }

  /** The neighbour of an exact number in a direction, found by exact comparison. */
  private static float directed(BigDecimal exact, String rounding) {
    if (exact.abs().compareTo(new BigDecimal(Float.MAX_VALUE)) > 0) {
      boolean away = rounding.equals(exact.signum() < 0 ? "rm" : "rp");
      return exact.signum() * (away ? Float.POSITIVE_INFINITY : Float.MAX_VALUE);
    }
    float f = exact.floatValue();
    while (new BigDecimal(f).compareTo(exact) > 0) {
      f = Math.nextDown(f);
    }
    while (Math.nextUp(f) != Float.POSITIVE_INFINITY
        && new BigDecimal(Math.nextUp(f)).compareTo(exact) <= 0) {
      f = Math.nextUp(f);
    }
    // f is now the largest number that is not greater.
    boolean isExact = new BigDecimal(f).compareTo(exact) == 0;
    boolean up = rounding.equals("rp") || (rounding.equals("rz") && exact.signum() < 0);
    return isExact || !up ? f : Math.nextUp(f);
  }

  private interface ExactBinary {
    BigDecimal of(BigDecimal a, BigDecimal b);
  }

  private static void directed(String instruction, ExactBinary expected) {
    for (String rounding : new String[] {"rz", "rm", "rp"}) {
      long[][] rows = SingleInstruction.pairs(bits(FLOATS));
      long[] results = SingleInstruction.run(instruction.replace("R", rounding), "32 32 32", rows);
      for (int i = 0; i < rows.length; i++) {
        float a = single(rows[i][0]);
        float b = single(rows[i][1]);
        if (!Float.isFinite(a) || !Float.isFinite(b)) {
          continue;
        }
        BigDecimal exact = expected.of(new BigDecimal(a), new BigDecimal(b));
        float right = directed(exact, rounding);
        // Which zero it is does not matter here.
        assertTrue(
            right == single(results[i]),
            instruction
                + rounding
                + " of "
                + a
                + ", "
                + b
                + ": "
                + single(results[i])
                + " not "
                + right);
      }
    }
  }

  @Test
  void roundedInADirection() {
    directed("add.R.f32 D, A, B;", BigDecimal::add);
    directed("sub.R.f32 D, A, B;", BigDecimal::subtract);
    directed("mul.R.f32 D, A, B;", BigDecimal::multiply);
    directed("fma.R.f32 D, A, B, B;", (a, b) -> a.multiply(b).add(b));
  }

  @Test
  void quotientsAndRootsRoundedInADirection() {
    long[][] thirds = SingleInstruction.pairs(bits(1, 3, -3, 7, 1e-30f, 1e30f));
    for (long[] row : thirds) {
      double exact = (double) single(row[0]) / single(row[1]);
      float down =
          single(SingleInstruction.run("div.rm.f32 D, A, B;", "32 32 32", new long[][] {row})[0]);
      float up =
          single(SingleInstruction.run("div.rp.f32 D, A, B;", "32 32 32", new long[][] {row})[0]);
      assertTrue(down <= exact && exact <= up && up <= Math.nextUp(down), down + " " + up);
    }
    long[] two = SingleInstruction.run("sqrt.rm.f32 D, A;", "32 32", new long[][] {bits(2)});
    assertTrue((double) single(two[0]) * single(two[0]) < 2);
    two = SingleInstruction.run("sqrt.rp.f32 D, A;", "32 32", new long[][] {bits(2)});
    assertTrue((double) single(two[0]) * single(two[0]) > 2);
    long[] three = {Double.doubleToRawLongBits(3)};
    double down =
        Double.longBitsToDouble(
            SingleInstruction.run("rcp.rm.f64 D, A;", "64 64", new long[][] {three})[0]);
    double up =
        Double.longBitsToDouble(
            SingleInstruction.run("rcp.rp.f64 D, A;", "64 64", new long[][] {three})[0]);
    assertEquals(Math.nextUp(down), up);
    assertEquals(1 / 3.0, down);
  }

  @Test
  void extremes() {
    floats("min.f32 D, A, B;", (a, b) -> Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.min(a, b));
    floats("max.f32 D, A, B;", (a, b) -> Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.max(a, b));
    floats("max.NaN.f32 D, A, B;", Math::max);
    floats("min.NaN.f32 D, A, B;", Math::min);
    doubles(
        "max.f64 D, A, B;", (a, b) -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b));
  }

  @Test
  void signs() {
    floats("neg.f32 D, A;", (a, _) -> -a);
    floats("abs.f32 D, A;", (a, _) -> Math.abs(a));
    floats("copysign.f32 D, A, B;", (a, b) -> Float.isNaN(b) ? b : Math.copySign(b, a));
  }

  @Test
  void flushedAndSaturated() {
    floats("mul.ftz.f32 D, A, B;", (a, b) -> flush(flush(a) * flush(b)));
    floats("add.sat.f32 D, A, B;", (a, b) -> saturate(a + b));
    floats("cvt.sat.f32.f32 D, A;", (a, _) -> saturate(a));
  }

  private static float flush(float x) {
    return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0, x) : x;
  }

  private static float saturate(float x) {
    return x > 0 ? Math.min(x, 1) : 0;
  }

  @Test
  void comparisons() {
    String[] names = {"eq", "ne", "lt", "ge", "equ", "neu", "ltu", "geu", "num", "nan"};
    for (String name : names) {
      floats(
          "setp.%s.f32 %%p1, A, B;\nselp.f32 D, 0f3F800000, 0f00000000, %%p1;".formatted(name),
          (a, b) -> holds(name, a, b) ? 1 : 0);
    }
  }

  private static boolean holds(String name, float a, float b) {
    boolean unordered = Float.isNaN(a) || Float.isNaN(b);
    return switch (name) {
      case "eq" -> a == b;
      case "ne" -> a != b && !unordered;
      case "lt" -> a < b;
      case "ge" -> a >= b;
      case "equ" -> a == b || unordered;
      case "neu" -> a != b;
      case "ltu" -> a < b || unordered;
      case "geu" -> a >= b || unordered;
      case "num" -> !unordered;
      default -> unordered;
    };
  }

  @Test
  void kindsOfNumbers() {
    String test = "testp.%s.f32 %%p1, A;\nselp.f32 D, 0f3F800000, 0f00000000, %%p1;";
    floats(test.formatted("finite"), (a, _) -> Float.isFinite(a) ? 1 : 0);
    floats(test.formatted("notanumber"), (a, _) -> Float.isNaN(a) ? 1 : 0);
    floats(test.formatted("subnormal"), (a, _) -> a != 0 && Math.abs(a) < Float.MIN_NORMAL ? 1 : 0);
  }

  @Test
  void approximations() {
    approximately("ex2.approx.f32 D, A;", x -> Math.pow(2, x));
    approximately("lg2.approx.f32 D, A;", x -> Math.log(x) / Math.log(2));
    approximately("sin.approx.f32 D, A;", Math::sin);
    approximately("cos.approx.ftz.f32 D, A;", Math::cos);
    approximately("tanh.approx.f32 D, A;", Math::tanh);
    approximately("rsqrt.approx.f32 D, A;", x -> 1 / Math.sqrt(x));
    approximately("rcp.approx.ftz.f32 D, A;", x -> 1 / x);
    approximately("sqrt.approx.f32 D, A;", Math::sqrt);
    floats("div.full.f32 D, A, B;", (a, b) -> a / b);
    floats("div.approx.f32 D, A, B;", (a, b) -> a / b);
  }

  private static void approximately(String instruction, DoubleUnaryOperator expected) {
    float[] values = {0.25f, 1, 2, 8, 0.1f, 3.7f, 100, 1e-10f, 0, Float.POSITIVE_INFINITY};
    long[] results =
        SingleInstruction.run(instruction, "32 32", SingleInstruction.singles(bits(values)));
    for (int i = 0; i < values.length; i++) {
      float right = (float) expected.applyAsDouble(values[i]);
      float found = single(results[i]);
      assertTrue(
          Float.compare(found, right) == 0 || Math.abs(found - right) <= Math.ulp(right),
          instruction + " of " + values[i] + ": " + found + " not " + right);
    }
  }

  /** Small numbers in two formats of 16 bits, every rounding case among them. */
  private static long[] halves(FloatFormat format) {
    return LongStream.of(
            0, 0x8000, 1, 0x8001, 0x3ff, 0x400, 0x3c00, 0x3c01, 0xbc00, 0x3f80, 0x3f81, 0x7bff,
            0x7c00, 0xfc00, 0x7f7f, 0x7f80, 0x7fc0, 0x7e00, 0x5640, 0x1234, 0xc248)
        .map(bits -> Double.isNaN(format.decode(bits)) ? format.nan : bits)
        .toArray();
  }

  @Test
  void halvesAreRoundedOnce() {
    for (Type type : new Type[] {Type.F16, Type.BF16}) {
      FloatFormat format = FloatFormat.of(type);
      long[][] rows = SingleInstruction.triples(halves(format));
      long[] sums = SingleInstruction.run("add.rn." + type + " D, A, B;", "16 16 16 16", rows);
      long[] products = SingleInstruction.run("mul." + type + " D, A, B;", "16 16 16 16", rows);
      long[] fused = SingleInstruction.run("fma.rn." + type + " D, A, B, C;", "16 16 16 16", rows);
      for (int i = 0; i < rows.length; i++) {
        double a = format.decode(rows[i][0]);
        double b = format.decode(rows[i][1]);
        double c = format.decode(rows[i][2]);
        assertEquals(nearest(format, a, 1, b), sums[i], type + " " + a + " + " + b);
        assertEquals(
            nearest(format, a, b, a * b == 0 ? a * b : 0), products[i], type + " " + a + " * " + b);
        assertEquals(nearest(format, a, b, c), fused[i], type + " " + a + " * " + b + " + " + c);
      }
    }
  }

  /** The bits of a * b + c, found by exact comparison with both neighbours. */
  private static long nearest(FloatFormat format, double a, double b, double c) {
    double plain = a * b + c;
    if (!Double.isFinite(plain) || plain == 0) {
      return format.encode(plain);
    }
    BigDecimal exact = new BigDecimal(a).multiply(new BigDecimal(b)).add(new BigDecimal(c));
    BigDecimal limit = new BigDecimal(finite(format, format.encode(Double.POSITIVE_INFINITY)));
    if (exact.abs().compareTo(limit) >= 0) {
      return format.encode(exact.signum() * Double.POSITIVE_INFINITY);
    }
    long down = format.encode(plain, Rounding.DOWN);
    while (new BigDecimal(finite(format, down)).compareTo(exact) > 0) {
      down = step(down, false);
    }
    while (compareUp(format, down, exact) <= 0) {
      down = step(down, true);
    }
    BigDecimal below = new BigDecimal(finite(format, down));
    BigDecimal above = new BigDecimal(finite(format, step(down, true)));
    int nearer = exact.subtract(below).compareTo(above.subtract(exact));
    long chosen = nearer < 0 || (nearer == 0 && (down & 1) == 0) ? down : step(down, true);
    return (chosen & 0x7fff) == 0 ? (plain < 0 ? 0x8000 : 0) : chosen;
  }

  private static int compareUp(FloatFormat format, long bits, BigDecimal exact) {
    return new BigDecimal(finite(format, step(bits, true))).compareTo(exact);
  }

  /** Infinity stands for the number that would come next. */
  private static double finite(FloatFormat format, long bits) {
    double value = format.decode(bits);
    double limit = format == FloatFormat.F16 ? 65536 : 0x1p128;
    return Double.isInfinite(value) ? Math.copySign(limit, value) : value;
  }

  private static long step(long bits, boolean up) {
    if ((bits & 0x7fff) == 0) {
      return up ? 1 : 0x8001;
    }
    return (bits & 0x8000) == 0 == up ? bits + 1 : bits - 1;
  }

  @Test
  void packedHalves() {
    long[][] rows = SingleInstruction.pairs(0x3c004000L, 0xc0003800L, 0x7c000001L);
    long[] sums = SingleInstruction.run("add.f16x2 D, A, B;", "32 32 32", rows);
    long[] most = SingleInstruction.run("max.f16x2 D, A, B;", "32 32 32", rows);
    long[] negated = SingleInstruction.run("neg.bf16x2 D, A;", "32 32 32", rows);
    long[] greater = SingleInstruction.run("set.gt.f16x2.f16x2 D, A, B;", "32 32 32", rows);
    for (int i = 0; i < rows.length; i++) {
      for (int h = 0; h < 32; h += 16) {
        double a = FloatFormat.F16.decode(rows[i][0] >> h & 0xffff);
        double b = FloatFormat.F16.decode(rows[i][1] >> h & 0xffff);
        assertEquals(FloatFormat.F16.encode(a + b), sums[i] >> h & 0xffff);
        assertEquals(FloatFormat.F16.encode(Math.max(a, b)), most[i] >> h & 0xffff);
        assertEquals(a > b ? 0x3c00 : 0, greater[i] >> h & 0xffff);
        assertEquals(rows[i][0] >> h & 0xffff ^ 0x8000, negated[i] >> h & 0xffff);
      }
    }
  }
}
