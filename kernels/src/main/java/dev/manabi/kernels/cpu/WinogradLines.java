package dev.manabi.kernels.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * The one-dimensional transforms of Winograd's convolution with the points 0, 1, -1, 2, -2 and
 * infinity (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016; the matrices
 * by the construction of Toom and Cook). A sum of {@code m} outputs of an {@code r}-tap filter,
 * {@code m + r - 1 = 6}, is the product of six numbers each made from inputs and taps:
 *
 * <pre>y = A^T [(G g) .* (B^T d)]</pre>
 *
 * <p>B^T is the same for every m and r. Each transform works on one vector per number: every lane
 * is a channel of its own. Numbers lie {@code step} bytes apart.
 */
final class WinogradLines {
  static final LineTransform INPUT = lines(WinogradLines::input);
  static final LineTransform FOUR_OUTPUTS = lines(WinogradLines::fourOutputs);
  static final LineTransform TWO_OUTPUTS = lines(WinogradLines::twoOutputs);
  static final LineTransform FOUR_GRADIENTS = lines(WinogradLines::fourGradients);
  static final LineTransform TWO_GRADIENTS = lines(WinogradLines::twoGradients);
  static final LineTransform THREE_TAPS = lines(WinogradLines::threeTaps);
  static final LineTransform FIVE_TAPS = lines(WinogradLines::fiveTaps);
  static final LineTransform THREE_TAP_GRADIENTS = lines(WinogradLines::threeTapGradients);
  static final LineTransform FIVE_TAP_GRADIENTS = lines(WinogradLines::fiveTapGradients);

  private static final float SIXTH = 1 / 6f;
  private static final float TWELFTH = 1 / 12f;
  private static final float TWENTY_FOURTH = 1 / 24f;

  private WinogradLines() {}

  /** One transform. */
  @FunctionalInterface
  interface Line {
    void transform(long from, long step, long to, long toStep);
  }

  private static LineTransform lines(Line line) {
    return KernelTemplate.copy(LineTransform.class, LineLoop.class, line);
  }

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

  /** A^T for m = 4: six products to four outputs. */
  private static void fourOutputs(long p, long step, long to, long toStep) {
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

  /** A^T for m = 2: six products to two outputs. */
  private static void twoOutputs(long p, long step, long to, long toStep) {
    FloatVector p1 = Simd.load(p + step);
    FloatVector p2 = Simd.load(p + 2 * step);
    FloatVector p3 = Simd.load(p + 3 * step);
    FloatVector p4 = Simd.load(p + 4 * step);
    Simd.store(Simd.load(p).add(p1).add(p2).add(p3).add(p4), to);
    FloatVector last = Simd.load(p + 5 * step);
    Simd.store(p1.sub(p2).add(p3.sub(p4).mul(2)).add(last), to + toStep);
  }

  /** A for m = 4, the transpose of {@link #fourOutputs}: four gradients to six. */
  private static void fourGradients(long g, long step, long to, long toStep) {
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

  /** A for m = 2, the transpose of {@link #twoOutputs}: two gradients to six. */
  private static void twoGradients(long g, long step, long to, long toStep) {
    FloatVector g0 = Simd.load(g);
    FloatVector g1 = Simd.load(g + step);
    Simd.store(g0, to);
    Simd.store(g0.add(g1), to + toStep);
    Simd.store(g0.sub(g1), to + 2 * toStep);
    FloatVector twice = g1.mul(2);
    Simd.store(g0.add(twice), to + 3 * toStep);
    Simd.store(g0.sub(twice), to + 4 * toStep);
    Simd.store(g1, to + 5 * toStep);
  }

  /** G for r = 3: three taps to six numbers. */
  private static void threeTaps(long w, long step, long to, long toStep) {
    FloatVector w0 = Simd.load(w);
    FloatVector w1 = Simd.load(w + step);
    FloatVector w2 = Simd.load(w + 2 * step);
    Simd.store(w0.mul(0.25f), to);
    taps(w0.add(w2), w1, w0.add(w2.mul(4)), w1.mul(2), to, toStep);
    Simd.store(w2, to + 5 * toStep);
  }

  /** G for r = 5: five taps to six numbers. */
  private static void fiveTaps(long w, long step, long to, long toStep) {
    FloatVector w0 = Simd.load(w);
    FloatVector w1 = Simd.load(w + step);
    FloatVector w2 = Simd.load(w + 2 * step);
    FloatVector w3 = Simd.load(w + 3 * step);
    FloatVector w4 = Simd.load(w + 4 * step);
    Simd.store(w0.mul(0.25f), to);
    FloatVector far = w0.add(w2.mul(4)).add(w4.mul(16));
    taps(w0.add(w2).add(w4), w1.add(w3), far, w1.mul(2).add(w3.mul(8)), to, toStep);
    Simd.store(w4, to + 5 * toStep);
  }

  /** The polynomial's values at 1, -1, 2 and -2 from its even and odd parts at 1 and 2. */
  private static void taps(
      FloatVector even1,
      FloatVector odd1,
      FloatVector even2,
      FloatVector odd2,
      long to,
      long toStep) {
    Simd.store(even1.add(odd1).mul(-SIXTH), to + toStep);
    Simd.store(even1.sub(odd1).mul(-SIXTH), to + 2 * toStep);
    Simd.store(even2.add(odd2).mul(TWENTY_FOURTH), to + 3 * toStep);
    Simd.store(even2.sub(odd2).mul(TWENTY_FOURTH), to + 4 * toStep);
  }

  /** G^T for r = 3, the transpose of {@link #threeTaps}: six sums to three gradients. */
  private static void threeTapGradients(long s, long step, long to, long toStep) {
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

  /** G^T for r = 5, the transpose of {@link #fiveTaps}: six sums to five gradients. */
  private static void fiveTapGradients(long s, long step, long to, long toStep) {
    FloatVector s1 = Simd.load(s + step);
    FloatVector s2 = Simd.load(s + 2 * step);
    FloatVector s3 = Simd.load(s + 3 * step);
    FloatVector s4 = Simd.load(s + 4 * step);
    FloatVector near = s1.add(s2).mul(-SIXTH);
    FloatVector far = s3.add(s4);
    Simd.store(Simd.load(s).mul(0.25f).add(near).add(far.mul(TWENTY_FOURTH)), to);
    Simd.store(near.add(far.mul(SIXTH)), to + 2 * toStep);
    Simd.store(near.add(far.mul(4 * SIXTH)).add(Simd.load(s + 5 * step)), to + 4 * toStep);
    near = s2.sub(s1).mul(SIXTH);
    far = s3.sub(s4);
    Simd.store(near.add(far.mul(TWELFTH)), to + toStep);
    Simd.store(near.add(far.mul(4 * TWELFTH)), to + 3 * toStep);
  }
}
