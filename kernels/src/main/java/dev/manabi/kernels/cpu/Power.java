package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;

/**
 * Powers of f32 vectors as {@code 2^(b log2 |a|)}, with the sign of {@code a} if {@code b} is odd.
 *
 * <p>The exponent may be 150 and its last bit counts: what a logarithm in f32 would need to carry
 * twice the bits for, f64 has. The result is off by 2^-42 before it is rounded to f32.
 */
final class Power {
  /** Bits of the square root of 1/2, from which on mantissas are counted. */
  static final long ROOT_HALF = 0x3fe6a09e667f3bcdL;

  /** {@code log2((1 + s) / (1 - s)) / s} in powers of s^2 for |s| up to 0.1716, to 2^-52. */
  private static final double[] LOG2 = {
    0x1.71547652b82ffp1,
    0x1.ec709dc39c9ddp-1,
    0x1.2776c516aa3a8p-1,
    0x1.a6175675e481bp-2,
    0x1.484fac7aa6384p-2,
    0x1.0bb7b21d18adfp-2,
    0x1.f185ea0d13cc8p-3
  };

  /** {@code 2^r} for |r| up to 1/2, to 2^-45. */
  private static final double[] EXP2 = {
    1.0,
    0x1.62e42fefa37d0p-1,
    0x1.ebfbdff81bd97p-3,
    0x1.c6b08d70c8b71p-5,
    0x1.3b2ab7241ebabp-7,
    0x1.5d87fd933e437p-10,
    0x1.430897d9bf850p-13,
    0x1.ffce303ddfec9p-17,
    0x1.63e6b4c938f56p-20,
    0x1.b3de078058c0bp-24
  };

  /** No power of 2 from here on is a float, nor is its reciprocal. */
  private static final double FAR = 200;

  /** Exponents from here on are left to the reference: they are even, or infinite. */
  private static final float ALL_EVEN = 0x1p24f;

  static final LaneFunction OF_F32 =
      new LaneFunction(
          DoubleMath.F32,
          (Lanes.Map<Float>) (a, b, _) -> power(DoubleMath.widen(a), DoubleMath.widen(b)),
          (Lanes.Test<Float>) (a, b) -> ordinary((FloatVector) a, (FloatVector) b));

  private Power() {}

  private static VectorMask<Float> ordinary(FloatVector a, FloatVector b) {
    return a.abs().compare(LT, Float.POSITIVE_INFINITY).and(b.abs().compare(LT, ALL_EVEN));
  }

  /**
   * For numbers that are floats: none of them is subnormal in f64.
   *
   * <p>All behind the logarithm is in one method, since C2 does not inline another one after so
   * many operations.
   */
  private static FloatVector power(DoubleVector a, DoubleVector b) {
    DoubleVector log = log2(a.reinterpretAsLongs().and(Long.MAX_VALUE));
    // Any power of 0 is 0 or infinite, but for its 0th.
    DoubleVector t = log.blend(-Double.MAX_VALUE, a.compare(EQ, 0.0)).mul(b);
    t = t.blend(FAR, t.compare(GT, FAR)).blend(-FAR, t.compare(LT, -FAR));
    // With t = n + r, the power is 2^n 2^r. n is added to the exponent in place.
    DoubleVector shifted = t.add(DoubleMath.ROUNDER);
    DoubleVector r = t.sub(shifted.sub(DoubleMath.ROUNDER));
    DoubleVector y = DoubleVector.broadcast(DoubleMath.F64, EXP2[EXP2.length - 1]);
    for (int i = EXP2.length - 2; i >= 0; i--) {
      y = y.fma(r, DoubleVector.broadcast(DoubleMath.F64, EXP2[i]));
    }
    LongVector size = y.reinterpretAsLongs().add(shifted.reinterpretAsLongs().lanewise(LSHL, 52));
    // An odd power has the sign of a; a negative number has none that is not an integer.
    DoubleVector shiftedB = b.add(DoubleMath.ROUNDER);
    VectorMask<Double> broken = shiftedB.sub(DoubleMath.ROUNDER).compare(NE, b);
    LongVector odd = shiftedB.reinterpretAsLongs().lanewise(LSHL, 63);
    LongVector signed = odd.and(a.reinterpretAsLongs()).or(size);
    y = signed.reinterpretAsDoubles().blend(size.reinterpretAsDoubles(), broken);
    y = y.blend(Double.NaN, broken.and(a.compare(LT, 0.0)));
    return (FloatVector) y.convertShape(D2F, DoubleMath.F32, 0);
  }

  /** With |a| = 2^e m, it is e + log2(m), the latter a series in s = (m - 1) / (m + 1). */
  private static DoubleVector log2(LongVector bits) {
    LongVector e = bits.sub(ROOT_HALF).lanewise(ASHR, 52);
    DoubleVector f = bits.sub(e.lanewise(LSHL, 52)).reinterpretAsDoubles().sub(1.0);
    DoubleVector s = f.div(f.add(2.0));
    return DoubleMath.polynomial(LOG2, s.mul(s)).fma(s, DoubleMath.ofLongs(e));
  }
}
