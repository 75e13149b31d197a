package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.jspecify.annotations.Nullable;

/**
 * Elementary functions of f32 vectors, within 2 units in the last place (tanh and sigmoid: 3). Sine
 * and cosine are {@link Trigonometry}.
 *
 * <p>They are written out here, and the Vector API's own {@code EXP} and so on are not used,
 * because those give other bits before the JIT has compiled a loop than after, and other bits on
 * another machine: a training run would not repeat. These are additions, multiplications and fused
 * multiply-adds, the same everywhere.
 *
 * <p>Constants are written as floats throughout: with an int, Java takes the Vector API's methods
 * for longs, whose checks C2 must inline, too, until it gives up.
 *
 * <p>The methods are the usual ones (Muller, "Elementary Functions", 3rd edition 2016): reduce the
 * argument to a small interval, evaluate a polynomial there, and rebuild. The coefficients are
 * minimax fits of ours (iteratively reweighted least squares on Chebyshev points, in 40 digits);
 * the relative error of each fit stands beside it.
 */
final class FloatMath {
  private static final float LOG2_E = 0x1.715476p0f;

  private static final float LN2 = 0x1.62e43p-1f;

  /** ln 2 in two parts; the first has so few bits that its product with an exponent is exact. */
  private static final float LN2_HIGH = 0x1.63p-1f;

  private static final float LN2_LOW = -0x1.bd0106p-13f;

  /** Adding it rounds a number below 2^22 to an integer, which then stands in the low bits. */
  static final float ROUNDER = 0x1.8p23f;

  /** From here on every float is an integer. */
  private static final float ALL_WHOLE = 0x1p23f;

  // Coefficients alone stay in registers, which those of an array do not.
  private static final float EXP_1 = 0x1.555554p-3f;
  private static final float EXP_2 = 0x1.55548ep-5f;
  private static final float EXP_3 = 0x1.111272p-7f;
  private static final float EXP_4 = 0x1.6d8db0p-10f;
  private static final float EXP_5 = 0x1.9f0810p-13f;

  /** {@code (e^r - 1 - r) / r^2} for |r| up to ln(2) / 2, to 2^-34 of e^r. */
  private static final float[] EXP = {0.5f, EXP_1, EXP_2, EXP_3, EXP_4, EXP_5};

  /** {@code (ln(1 + f) - f + f^2 / 2) / f^3} for 1 + f from sqrt(1/2) to sqrt(2), to 2^-30. */
  private static final float[] LOG = {
    0x1.555548p-2f,
    -0x1.000006p-2f,
    0x1.99a4b6p-3f,
    -0x1.555c4ep-3f,
    0x1.233768p-3f,
    -0x1.fc2208p-4f,
    0x1.e6f06cp-4f,
    -0x1.de3c14p-4f,
    0x1.1457a2p-4f
  };

  /** {@code erf(x) / x - 1} in powers of x^2 for |x| up to {@link #ERF_SPLIT}, to 2^-30. */
  private static final float[] ERF_NEAR = {
    0x1.06eba8p-3f,
    -0x1.812742p-2f,
    0x1.ce2dcap-4f,
    -0x1.b80962p-6f,
    0x1.549664p-8f,
    -0x1.a88d8ap-11f,
    0x1.574ec6p-14f
  };

  /** {@code ln(1 - erf(x))} for x from {@link #ERF_SPLIT} to {@link #ERF_ONE}, to 2^-34 of erf. */
  private static final float[] ERF_FAR = {
    0x1.7e2554p-13f,
    -0x1.212a40p0f,
    -0x1.443c94p-1f,
    -0x1.bbd6c2p-4f,
    0x1.9c63a6p-6f,
    -0x1.129d04p-8f,
    0x1.cbb4a8p-12f,
    -0x1.679f96p-16f
  };

  private static final float ERF_SPLIT = 0.95f;

  /** erf of anything larger is 1. */
  private static final float ERF_ONE = 4;

  private FloatMath() {}

  /** The vector form of {@code fn} for f32; {@code null} for {@link Trigonometry} and tests. */
  static Lanes.@Nullable Map<Float> map(UnaryFn fn) {
    return switch (fn) {
      case EXP -> (x, _, _) -> exp((FloatVector) x);
      case EXPM1 -> (x, _, _) -> expm1((FloatVector) x);
      case LOG -> (x, _, _) -> log((FloatVector) x);
      case LOG1P -> (x, _, _) -> log1p((FloatVector) x);
      case TANH -> (x, _, _) -> tanh((FloatVector) x);
      case SIGMOID -> (x, _, _) -> sigmoid((FloatVector) x);
      case ERF -> (x, _, _) -> erf((FloatVector) x);
      case FLOOR -> (x, _, _) -> floor((FloatVector) x);
      case CEIL -> (x, _, _) -> ceil((FloatVector) x);
      case ROUND -> (x, _, _) -> round((FloatVector) x);
      case TRUNC -> (x, _, _) -> trunc((FloatVector) x);
      case SIN, COS -> null;
      case NEG, ABS, SIGN, SQRT, RSQRT, RECIPROCAL, RELU -> Lanes.of(DType.F32).map(fn);
      case IS_NAN, IS_INF, IS_FINITE, NOT -> null;
    };
  }

  /** {@code e^x}: with x = n ln 2 + r, it is 2^n e^r. */
  static FloatVector exp(FloatVector x) {
    var vanishes = x.compare(LT, -104f);
    // Comparing false, NaN stays. Results that are 0 are not computed: subnormal factors are slow.
    FloatVector a = x.blend(0f, vanishes).blend(89f, x.compare(GT, 89f));
    FloatVector shifted = shifted(a);
    IntVector n = exponent(shifted);
    // 2^n itself may not be a float, but the two halves are: 2^(n/2) * 2^(n - n/2).
    IntVector half = n.lanewise(ASHR, 1);
    FloatVector y = expm1OfRest(a, shifted).add(1).mul(power(half)).mul(power(n.sub(half)));
    return y.blend(0f, vanishes);
  }

  /**
   * {@code e^x} for x up to 88, but 0 for results below the normal range: for exponentials that
   * stand beside one of about 1. It takes half the instructions of {@link #exp}, and less of them
   * wait for each other (the polynomial is Estrin's, "Organization of computer systems", 1960).
   */
  static FloatVector expDownward(FloatVector x) {
    FloatVector shifted = shifted(x);
    // One part of ln 2 will do: it is off by 2^-29, and n is small unless the result is.
    FloatVector r = shifted.sub(ROUNDER).fma(all(x, -LN2), x);
    FloatVector r2 = r.mul(r);
    FloatVector upper = r.fma(all(x, EXP_5), all(x, EXP_4));
    FloatVector middle = r.fma(all(x, EXP_3), all(x, EXP_2));
    FloatVector lower = r.fma(all(x, EXP_1), all(x, 0.5f));
    FloatVector y = upper.fma(r2, middle).fma(r2, lower).fma(r2, r.add(1f));
    // n is added to the exponent in place; what stands above it is shifted out.
    IntVector n = shifted.reinterpretAsInts().lanewise(LSHL, 23);
    FloatVector scaled = y.reinterpretAsInts().add(n).reinterpretAsFloats();
    return scaled.blend(0f, x.compare(LT, -87f));
  }

  /** {@code e^x - 1} without cancellation: 2^n (e^r - 1) + (2^n - 1), computed at half its size. */
  static FloatVector expm1(FloatVector x) {
    FloatVector a = x.blend(-25f, x.compare(LT, -25f)).blend(89f, x.compare(GT, 89f));
    FloatVector shifted = shifted(a);
    FloatVector half = power(exponent(shifted).sub(1));
    FloatVector y = expm1OfRest(a, shifted).fma(half, half.sub(0.5f)).mul(2);
    return y.blend(x, x.compare(EQ, 0f));
  }

  /** {@code ln x}: with x = 2^e (1 + f), it is e ln 2 + ln(1 + f). */
  static FloatVector log(FloatVector x) {
    // Subnormal numbers are brought into the normal range first.
    var tiny = x.compare(LT, Float.MIN_NORMAL);
    FloatVector a = x.mul(ALL_WHOLE, tiny);
    IntVector bits = a.reinterpretAsInts();
    IntVector e = bits.sub(0x3f3504f3).lanewise(ASHR, 23);
    FloatVector f = bits.sub(e.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1);
    FloatVector n = ((FloatVector) e.convert(I2F, 0)).sub(23, tiny);
    FloatVector f2 = f.mul(f);
    FloatVector low = polynomial(LOG, f).mul(f).mul(f2);
    low = n.fma(all(x, LN2_LOW), low);
    low = f2.fma(all(x, -0.5f), low);
    FloatVector y = n.fma(all(x, LN2_HIGH), f.add(low));
    // Outside: ln 0 is -infinity, negative numbers have none, and infinity and NaN stay.
    y = y.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f)).blend(Float.NaN, x.compare(LT, 0f));
    return y.blend(x, x.compare(LT, Float.POSITIVE_INFINITY).not());
  }

  /** {@code ln(1 + x)}: ln of the rounded sum u, corrected by what the rounding lost over u. */
  static FloatVector log1p(FloatVector x) {
    FloatVector u = x.add(1);
    FloatVector lost = x.sub(u.sub(1));
    FloatVector y = log(u);
    var ordinary = u.compare(GT, 0f).and(u.compare(LT, Float.POSITIVE_INFINITY));
    y = y.add(lost.div(u), ordinary);
    return y.blend(x, u.compare(EQ, 1f));
  }

  /** {@code tanh x = (e^2x - 1) / (e^2x + 1)}, of |x|, then with the sign of x. */
  static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    // tanh(10) is 1 in f32.
    FloatVector em1 = expm1(a.blend(10f, a.compare(GT, 10f)).mul(2));
    return copySign(em1.div(em1.add(2)), x);
  }

  /**
   * {@code 1 / (1 + e^-x)}, as {@code e^x / (1 + e^x)} for negative x so that nothing overflows.
   */
  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    return e.blend(1f, x.compare(GE, 0f)).div(e.add(1));
  }

  /** The error function: a polynomial near 0, and 1 minus an exponential farther out. */
  static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector near = polynomial(ERF_NEAR, a.mul(a)).fma(a, a);
    FloatVector rest = polynomial(ERF_FAR, a.blend(ERF_ONE, a.compare(GT, ERF_ONE)));
    FloatVector shifted = shifted(rest);
    FloatVector e = expm1OfRest(rest, shifted).add(1).mul(power(exponent(shifted)));
    FloatVector far = all(x, 1).sub(e);
    return copySign(near.blend(far, a.compare(GT, ERF_SPLIT)), x);
  }

  static FloatVector floor(FloatVector x) {
    FloatVector r = round(x);
    return copySign(r.sub(1, r.compare(GT, x)), x);
  }

  static FloatVector ceil(FloatVector x) {
    FloatVector r = round(x);
    return copySign(r.add(1, r.compare(LT, x)), x);
  }

  static FloatVector trunc(FloatVector x) {
    return copySign(floor(x.abs()), x);
  }

  /**
   * To the nearest integer, halves to even: what adding and subtracting 2^23 does to the last bits.
   */
  static FloatVector round(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector r = a.add(ALL_WHOLE).sub(ALL_WHOLE);
    return copySign(a.blend(r, a.compare(LT, ALL_WHOLE)), x);
  }

  private static FloatVector copySign(FloatVector magnitude, FloatVector sign) {
    IntVector bit = sign.reinterpretAsInts().and(Integer.MIN_VALUE);
    return magnitude.reinterpretAsInts().and(Integer.MAX_VALUE).or(bit).reinterpretAsFloats();
  }

  /** {@code n + ROUNDER}, where n is x / ln 2 rounded to an integer. */
  private static FloatVector shifted(FloatVector x) {
    return x.fma(all(x, LOG2_E), all(x, ROUNDER));
  }

  /** {@code e^r - 1} for the rest {@code r = x - n ln 2}. */
  private static FloatVector expm1OfRest(FloatVector x, FloatVector shifted) {
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(all(x, -LN2_LOW), n.fma(all(x, -LN2_HIGH), x));
    return polynomial(EXP, r).fma(r.mul(r), r);
  }

  /** The integer n in the low bits of {@code n + ROUNDER}. */
  private static IntVector exponent(FloatVector shifted) {
    return shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDER));
  }

  /** {@code 2^n} for n from -126 to 127. */
  private static FloatVector power(IntVector n) {
    return n.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
  }

  /** {@code c[0] + c[1] x + c[2] x^2 + ..} by Horner's rule. */
  static FloatVector polynomial(float[] c, FloatVector x) {
    FloatVector sum = all(x, c[c.length - 1]);
    for (int i = c.length - 2; i >= 0; i--) {
      sum = sum.fma(x, all(x, c[i]));
    }
    return sum;
  }

  private static FloatVector all(FloatVector like, float value) {
    return FloatVector.broadcast(like.species(), value);
  }
}
