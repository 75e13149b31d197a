package dev.manabi.kernels.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * The transforms of {@link Winograd}'s convolution with 5 x 5 kernels, whose windows have eight
 * numbers on a side: the points are 0, 1, -1, 2, -2, 1/2, -1/2 and infinity. Of each pair of points
 * {@code p} and {@code -p} one computes the even and the odd powers' parts, then their sum and
 * difference.
 */
final class WinogradFive {
  static final WinogradTransforms TRANSFORMS =
      new WinogradTransforms(
          5,
          LineTransform.both(WinogradFive::near, WinogradFive::far),
          LineTransform.of(WinogradFive::outputs),
          LineTransform.of(WinogradFive::outputGradients),
          LineTransform.of(WinogradFive::taps),
          LineTransform.of(WinogradFive::tapGradients));

  // Factors are vectors, not floats to be spread: the JIT stops inlining where there is too much.
  private static final FloatVector TWO = all(2);
  private static final FloatVector FOUR = all(4);
  private static final FloatVector EIGHT = all(8);
  private static final FloatVector SIXTEEN = all(16);
  private static final FloatVector HALF = all(1 / 2f);
  private static final FloatVector QUARTER = all(1 / 4f);
  private static final FloatVector EIGHTH = all(1 / 8f);
  private static final FloatVector SIXTEENTH = all(1 / 16f);
  private static final FloatVector MINUS_FIVE = all(-5);
  private static final FloatVector TWENTY_ONE_QUARTERS = all(21 / 4f);
  private static final FloatVector MINUS_SEVENTEEN_QUARTERS = all(-17 / 4f);

  /**
   * What G multiplies by at 1, 2 and 1/2: one through the product of a point's distances from the
   * others, and at 2 and 1/2 through the 4 and the 2 that keep fractions out of B^T.
   */
  private static final FloatVector AT_ONE = all(-2 / 9f);

  private static final FloatVector AT_TWO = all(1 / 360f);
  private static final FloatVector AT_HALF = all(16 / 45f);

  private WinogradFive() {}

  private static FloatVector all(float value) {
    return Simd.broadcast(value);
  }

  /** Half of B^T, at 0, 1, -1 and infinity: eight numbers of the input to the outer four. */
  private static void near(long d, long step, long to, long toStep) {
    FloatVector d1 = Simd.load(d + step);
    FloatVector d2 = Simd.load(d + 2 * step);
    FloatVector d3 = Simd.load(d + 3 * step);
    FloatVector d4 = Simd.load(d + 4 * step);
    FloatVector d5 = Simd.load(d + 5 * step);
    FloatVector d6 = Simd.load(d + 6 * step);
    Simd.store(d4.sub(d2).fma(TWENTY_ONE_QUARTERS, Simd.load(d).sub(d6)), to);
    FloatVector last = Simd.load(d + 7 * step).sub(d1);
    Simd.store(d3.sub(d5).fma(TWENTY_ONE_QUARTERS, last), to + 7 * toStep);
    FloatVector even = d4.fma(MINUS_SEVENTEEN_QUARTERS, d2.add(d6));
    pair(even, d3.fma(MINUS_SEVENTEEN_QUARTERS, d1.add(d5)), to + toStep, toStep);
  }

  /** The other half of B^T, at 2, -2, 1/2 and -1/2. */
  private static void far(long d, long step, long to, long toStep) {
    FloatVector d1 = Simd.load(d + step);
    FloatVector d2 = Simd.load(d + 2 * step);
    FloatVector d3 = Simd.load(d + 3 * step);
    FloatVector d4 = Simd.load(d + 4 * step);
    FloatVector d5 = Simd.load(d + 5 * step);
    FloatVector d6 = Simd.load(d + 6 * step);
    FloatVector odd = d5.fma(FOUR, d3.fma(MINUS_FIVE, d1));
    pair(d6.fma(FOUR, d4.fma(MINUS_FIVE, d2)), odd.add(odd), to + 3 * toStep, toStep);
    FloatVector even = d2.fma(FOUR, d4.fma(MINUS_FIVE, d6));
    odd = d1.fma(FOUR, d3.fma(MINUS_FIVE, d5));
    pair(even.add(even), odd, to + 5 * toStep, toStep);
  }

  /** Writes a sum and a difference. */
  private static void pair(FloatVector even, FloatVector odd, long to, long toStep) {
    Simd.store(even.add(odd), to);
    Simd.store(even.sub(odd), to + toStep);
  }

  /** A^T: eight products to four outputs. */
  private static void outputs(long p, long step, long to, long toStep) {
    FloatVector p1 = Simd.load(p + step);
    FloatVector p2 = Simd.load(p + 2 * step);
    FloatVector p3 = Simd.load(p + 3 * step);
    FloatVector p4 = Simd.load(p + 4 * step);
    FloatVector p5 = Simd.load(p + 5 * step);
    FloatVector p6 = Simd.load(p + 6 * step);
    FloatVector sum1 = p1.add(p2);
    FloatVector sum2 = p3.add(p4);
    FloatVector sum3 = p5.add(p6);
    Simd.store(Simd.load(p).add(sum1).add(sum2.add(sum3)), to);
    Simd.store(sum2.fma(FOUR, sum3.fma(QUARTER, sum1)), to + 2 * toStep);
    FloatVector difference1 = p1.sub(p2);
    FloatVector difference2 = p3.sub(p4);
    FloatVector difference3 = p5.sub(p6);
    Simd.store(difference2.fma(TWO, difference3.fma(HALF, difference1)), to + toStep);
    FloatVector last = Simd.load(p + 7 * step).add(difference1);
    Simd.store(difference2.fma(EIGHT, difference3.fma(EIGHTH, last)), to + 3 * toStep);
  }

  /** A, the transpose of {@link #outputs}: four gradients to eight. */
  private static void outputGradients(long g, long step, long to, long toStep) {
    FloatVector g0 = Simd.load(g);
    FloatVector g1 = Simd.load(g + step);
    FloatVector g2 = Simd.load(g + 2 * step);
    FloatVector g3 = Simd.load(g + 3 * step);
    Simd.store(g0, to);
    pair(g0.add(g2), g1.add(g3), to + toStep, toStep);
    pair(g2.fma(FOUR, g0), g3.fma(EIGHT, g1.mul(TWO)), to + 3 * toStep, toStep);
    pair(g2.fma(QUARTER, g0), g3.fma(EIGHTH, g1.mul(HALF)), to + 5 * toStep, toStep);
    Simd.store(g3, to + 7 * toStep);
  }

  /** G: five taps to eight numbers. */
  private static void taps(long w, long step, long to, long toStep) {
    FloatVector w0 = Simd.load(w);
    FloatVector w1 = Simd.load(w + step);
    FloatVector w2 = Simd.load(w + 2 * step);
    FloatVector w3 = Simd.load(w + 3 * step);
    FloatVector w4 = Simd.load(w + 4 * step);
    Simd.store(w0, to);
    pair(w0.add(w2).add(w4).mul(AT_ONE), w1.add(w3).mul(AT_ONE), to + toStep, toStep);
    FloatVector even = w4.fma(SIXTEEN, w2.fma(FOUR, w0)).mul(AT_TWO);
    pair(even, w3.fma(EIGHT, w1.mul(TWO)).mul(AT_TWO), to + 3 * toStep, toStep);
    even = w4.fma(SIXTEENTH, w2.fma(QUARTER, w0)).mul(AT_HALF);
    pair(even, w3.fma(EIGHTH, w1.mul(HALF)).mul(AT_HALF), to + 5 * toStep, toStep);
    Simd.store(w4, to + 7 * toStep);
  }

  /** G^T, the transpose of {@link #taps}: eight sums to five gradients. */
  private static void tapGradients(long s, long step, long to, long toStep) {
    FloatVector s1 = Simd.load(s + step);
    FloatVector s2 = Simd.load(s + 2 * step);
    FloatVector s3 = Simd.load(s + 3 * step);
    FloatVector s4 = Simd.load(s + 4 * step);
    FloatVector s5 = Simd.load(s + 5 * step);
    FloatVector s6 = Simd.load(s + 6 * step);
    FloatVector one = s1.add(s2).mul(AT_ONE);
    FloatVector two = s3.add(s4).mul(AT_TWO);
    FloatVector half = s5.add(s6).mul(AT_HALF);
    Simd.store(Simd.load(s).add(one).add(two.add(half)), to);
    Simd.store(two.fma(FOUR, half.fma(QUARTER, one)), to + 2 * toStep);
    FloatVector last = Simd.load(s + 7 * step).add(one);
    Simd.store(two.fma(SIXTEEN, half.fma(SIXTEENTH, last)), to + 4 * toStep);
    one = s1.sub(s2).mul(AT_ONE);
    two = s3.sub(s4).mul(AT_TWO);
    half = s5.sub(s6).mul(AT_HALF);
    Simd.store(two.fma(TWO, half.fma(HALF, one)), to + toStep);
    Simd.store(two.fma(EIGHT, half.fma(EIGHTH, one)), to + 3 * toStep);
  }
}
