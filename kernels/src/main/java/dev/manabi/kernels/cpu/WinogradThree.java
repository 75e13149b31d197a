package dev.manabi.kernels.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * The transforms of {@link Winograd}'s convolution with 3 x 3 kernels, whose windows have six
 * numbers on a side: the points are 0, 1, -1, 2, -2 and infinity.
 */
final class WinogradThree {
  static final WinogradTransforms TRANSFORMS =
      new WinogradTransforms(
          3,
          LineTransform.of(WinogradThree::input),
          LineTransform.of(WinogradThree::outputs),
          LineTransform.of(WinogradThree::outputGradients),
          LineTransform.of(WinogradThree::taps),
          LineTransform.of(WinogradThree::tapGradients));

  private static final float SIXTH = 1 / 6f;
  private static final float TWELFTH = 1 / 12f;
  private static final float TWENTY_FOURTH = 1 / 24f;

  private WinogradThree() {}

  /** B^T: six numbers of the input to six. */
  private static void input(long d, long step, long to, long toStep) {
    FloatVector d0 = Simd.load(d);
    FloatVector d1 = Simd.load(d + step);
    FloatVector d2 = Simd.load(d + 2 * step);
    FloatVector d3 = Simd.load(d + 3 * step);
    FloatVector d4 = Simd.load(d + 4 * step);
    FloatVector d5 = Simd.load(d + 5 * step);
    Simd.store(d0.mul(4).sub(d2.mul(5)).add(d4), to);
    FloatVector even = d4.sub(d2.mul(4));
    FloatVector odd = d3.sub(d1.mul(4));
    Simd.store(even.add(odd), to + toStep);
    Simd.store(even.sub(odd), to + 2 * toStep);
    even = d4.sub(d2);
    odd = d3.sub(d1).mul(2);
    Simd.store(even.add(odd), to + 3 * toStep);
    Simd.store(even.sub(odd), to + 4 * toStep);
    Simd.store(d1.mul(4).sub(d3.mul(5)).add(d5), to + 5 * toStep);
  }

  /** A^T: six products to four outputs. */
  private static void outputs(long p, long step, long to, long toStep) {
    FloatVector p1 = Simd.load(p + step);
    FloatVector p2 = Simd.load(p + 2 * step);
    FloatVector p3 = Simd.load(p + 3 * step);
    FloatVector p4 = Simd.load(p + 4 * step);
    FloatVector sum1 = p1.add(p2);
    FloatVector sum2 = p3.add(p4);
    FloatVector difference1 = p1.sub(p2);
    FloatVector difference2 = p3.sub(p4);
    Simd.store(Simd.load(p).add(sum1).add(sum2), to);
    Simd.store(difference1.add(difference2.mul(2)), to + toStep);
    Simd.store(sum1.add(sum2.mul(4)), to + 2 * toStep);
    FloatVector last = Simd.load(p + 5 * step);
    Simd.store(difference1.add(difference2.mul(8)).add(last), to + 3 * toStep);
  }

  /** A, the transpose of {@link #outputs}: four gradients to six. */
  private static void outputGradients(long g, long step, long to, long toStep) {
    FloatVector g0 = Simd.load(g);
    FloatVector g1 = Simd.load(g + step);
    FloatVector g2 = Simd.load(g + 2 * step);
    FloatVector g3 = Simd.load(g + 3 * step);
    Simd.store(g0, to);
    FloatVector even = g0.add(g2);
    FloatVector odd = g1.add(g3);
    Simd.store(even.add(odd), to + toStep);
    Simd.store(even.sub(odd), to + 2 * toStep);
    even = g0.add(g2.mul(4));
    odd = g1.mul(2).add(g3.mul(8));
    Simd.store(even.add(odd), to + 3 * toStep);
    Simd.store(even.sub(odd), to + 4 * toStep);
    Simd.store(g3, to + 5 * toStep);
  }

  /** G: three taps to six numbers. */
  private static void taps(long w, long step, long to, long toStep) {
    FloatVector w0 = Simd.load(w);
    FloatVector w1 = Simd.load(w + step);
    FloatVector w2 = Simd.load(w + 2 * step);
    Simd.store(w0.mul(0.25f), to);
    FloatVector even = w0.add(w2);
    Simd.store(even.add(w1).mul(-SIXTH), to + toStep);
    Simd.store(even.sub(w1).mul(-SIXTH), to + 2 * toStep);
    even = w0.add(w2.mul(4));
    FloatVector odd = w1.mul(2);
    Simd.store(even.add(odd).mul(TWENTY_FOURTH), to + 3 * toStep);
    Simd.store(even.sub(odd).mul(TWENTY_FOURTH), to + 4 * toStep);
    Simd.store(w2, to + 5 * toStep);
  }

  /** G^T, the transpose of {@link #taps}: six sums to three gradients. */
  private static void tapGradients(long s, long step, long to, long toStep) {
    FloatVector s1 = Simd.load(s + step);
    FloatVector s2 = Simd.load(s + 2 * step);
    FloatVector s3 = Simd.load(s + 3 * step);
    FloatVector s4 = Simd.load(s + 4 * step);
    FloatVector near = s1.add(s2).mul(-SIXTH);
    FloatVector far = s3.add(s4);
    Simd.store(Simd.load(s).mul(0.25f).add(near).add(far.mul(TWENTY_FOURTH)), to);
    Simd.store(s2.sub(s1).mul(SIXTH).add(s3.sub(s4).mul(TWELFTH)), to + toStep);
    Simd.store(near.add(far.mul(SIXTH)).add(Simd.load(s + 5 * step)), to + 2 * toStep);
  }
}
