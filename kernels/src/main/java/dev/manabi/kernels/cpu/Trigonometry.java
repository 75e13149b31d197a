package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Sine and cosine of f32 vectors, within 2 units in the last place, in the manner of {@link
 * FloatMath}: the angle less a whole number of quarter turns (Cody and Waite, "Software Manual for
 * the Elementary Functions", 1980), then the polynomial of the sine or that of the cosine.
 */
final class Trigonometry {
  /**
   * Angles from here on need more digits of pi than the three parts of it below. The quarter turns
   * in a smaller one are few enough to be exact in the low bits of a float.
   */
  private static final float HUGE = 0x1p17f;

  private static final float TWO_OVER_PI = 0x1.45f306p-1f;

  /** pi / 2 in three parts. */
  private static final float QUARTER_1 = 0x1.921fb6p0f;

  private static final float QUARTER_2 = -0x1.777a5cp-25f;
  private static final float QUARTER_3 = -0x1.ee59dap-50f;

  /** {@code (sin(r) / r - 1) / r^2} in powers of r^2 for |r| up to pi / 4, to 2^-28 of the sine. */
  private static final float[] SINE = {
    -0x1.555556p-3f, 0x1.111108p-7f, -0x1.a00f7ep-13f, 0x1.6cd1d0p-19f
  };

  /** {@code (cos(r) - 1 + r^2 / 2) / r^4} likewise, to 2^-32. */
  private static final float[] COSINE = {0x1.55554ap-5f, -0x1.6c0c34p-10f, 0x1.99eb6ep-16f};

  static final LaneFunction SIN =
      new LaneFunction(
          Simd.F32, (Lanes.Map<Float>) (x, _, _) -> sin((FloatVector) x), ordinaryAngle());

  static final LaneFunction COS =
      new LaneFunction(
          Simd.F32,
          (Lanes.Map<Float>) (x, _, _) -> shiftedSine((FloatVector) x, 1),
          ordinaryAngle());

  private Trigonometry() {}

  private static Lanes.Test<Float> ordinaryAngle() {
    return (x, _) -> ((FloatVector) x).abs().compare(LT, HUGE);
  }

  private static FloatVector sin(FloatVector x) {
    return shiftedSine(x, 0).blend(x, x.compare(EQ, 0f));
  }

  /** The sine {@code quarters} quarter turns on; a zero may have the wrong sign. */
  private static FloatVector shiftedSine(FloatVector x, int quarters) {
    FloatVector shifted = x.fma(all(x, TWO_OVER_PI), all(x, FloatMath.ROUNDER));
    FloatVector r = rest(x, shifted.sub(FloatMath.ROUNDER));
    FloatVector r2 = r.mul(r);
    IntVector sine = FloatMath.polynomial(SINE, r2).mul(r2).fma(r, r).reinterpretAsInts();
    FloatVector c = FloatMath.polynomial(COSINE, r2).fma(r2, all(x, -0.5f));
    IntVector cosine = c.fma(r2, all(x, 1f)).reinterpretAsInts();
    // The low bits of the rounded number of quarters tell where on the circle we are.
    IntVector quadrant = shifted.reinterpretAsInts().add(quarters);
    IntVector sign = quadrant.lanewise(LSHL, 30).and(Integer.MIN_VALUE);
    IntVector y = sine.blend(cosine, quadrant.and(1).compare(NE, 0));
    return y.lanewise(XOR, sign).reinterpretAsFloats();
  }

  /** {@code x - n pi / 2}; the first step of it is exact. */
  private static FloatVector rest(FloatVector x, FloatVector n) {
    FloatVector r = n.fma(all(x, -QUARTER_1), x);
    r = n.fma(all(x, -QUARTER_2), r);
    return n.fma(all(x, -QUARTER_3), r);
  }

  private static FloatVector all(FloatVector like, float value) {
    return FloatVector.broadcast(like.species(), value);
  }
}
