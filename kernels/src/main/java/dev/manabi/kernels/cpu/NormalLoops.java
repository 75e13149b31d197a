package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.XOR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_I2L;

import dev.manabi.kernels.reference.Philox;
import dev.manabi.tensor.op.CreateOp;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicLong;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Normally distributed f32 numbers on vectors, by the transform of {@link Philox#normal}: a random
 * radius and a random angle give two numbers.
 *
 * <p>The bits are the reference's. In f64 both come to the same number within 2^-48 of it, and
 * where that leaves open which f32 is nearest, the reference decides.
 *
 * <p>Addresses are of rows in cache, in which two neighbouring f32 have the place of one f64.
 */
final class NormalLoops {
  private static final VectorSpecies<Double> F64 = DoubleMath.F64;
  private static final VectorSpecies<Long> I64 = Simd.I64;

  /** Numbers computed at once: two in every lane. */
  private static final int STEP = 2 * F64.length();

  /** How far, in parts of its size, a result may be off, and some more. */
  private static final double DOUBT = 0x1p-47;

  private static final double LN2_HIGH = 0x1.62e42feep-1;
  private static final double LN2_LOW = 0x1.a39ef35793c76p-33;

  /** {@code (atanh(s) / s - 1) / s^2} in powers of s^2 for |s| up to 0.1716, to 2^-59. */
  private static final double[] LOG = {
    0x1.5555555555592p-2,
    0x1.999999997fea5p-3,
    0x1.24924941e4bf7p-3,
    0x1.c71c5212dc71ap-4,
    0x1.74663d1224ce8p-4,
    0x1.39a1e768883fbp-4,
    0x1.2f03baebb7d7ap-4
  };

  private static final double TWO_OVER_PI = 0x1.45f306dc9c883p-1;

  /** pi / 2 in two parts. */
  private static final double QUARTER_HIGH = 0x1.921fb54442d18p0;

  private static final double QUARTER_LOW = 0x1.1a62633145c07p-54;

  /** {@code (sin(r) / r - 1) / r^2} in powers of r^2 for |r| up to pi / 4, to 2^-56. */
  private static final double[] SINE = {
    -0x1.5555555555548p-3,
    0x1.111111110f7cdp-7,
    -0x1.a01a019bfd7e5p-13,
    0x1.71de35676f26ep-19,
    -0x1.ae5e5a411de43p-26,
    0x1.5d8fb9c8d5b8fp-33
  };

  /** {@code (cos(r) - 1 + r^2 / 2) / r^4} likewise, to 2^-59. */
  private static final double[] COSINE = {
    0x1.555555555554bp-5,
    -0x1.6c16c16c14f8dp-10,
    0x1.a01a019c83e71p-16,
    -0x1.27e4f7ea78538p-22,
    0x1.1ee9d7802225dp-29,
    -0x1.8fa47e45c8d1ep-37
  };

  /** So many numbers later the scalar loop has taken as long as it takes to compile these. */
  private static final long WORTH_COMPILING = 1 << 22;

  private static final AtomicLong DRAWN = new AtomicLong();

  /** Not final so that loops are not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle radii = KernelTemplate.entry(NormalLoops.class, "radii");

  private static MethodHandle circle = KernelTemplate.entry(NormalLoops.class, "circle");

  private static MethodHandle points = KernelTemplate.entry(NormalLoops.class, "points");

  private NormalLoops() {}

  /** Whether {@code n} numbers more are a reason to use these loops. */
  static boolean pay(long n) {
    return DRAWN.addAndGet(n) >= WORTH_COMPILING;
  }

  /**
   * Writes elements {@code from} to {@code to - 1} of the row-major tensor at {@code y}.
   *
   * @param from a multiple of 4
   */
  static void run(CreateOp.Random op, long y, long from, long to) {
    Scratch s = Scratch.get();
    if (Rehearsal.isDue(NormalLoops.class)) {
      PhiloxLanes.words(op.key(), 0, s.staged(0), 2 * STEP);
      Rehearsal.of(NormalLoops.class, () -> piece(op, s, 2 * STEP));
    }
    for (long i = from; i < to; i += Scratch.CHUNK) {
      int n = (int) Math.min(Scratch.CHUNK, to - i);
      PhiloxLanes.words(op.key(), i, s.staged(0), n);
      piece(op, s, n);
      Moves.copy(s.staged(3), y + i * Float.BYTES, (long) n * Float.BYTES);
    }
  }

  private static void piece(CreateOp.Random op, Scratch s, int n) {
    long words = s.staged(0);
    try {
      radii.invokeExact(words, s.staged(1), n);
      circle.invokeExact(words, s.staged(2), s.converted(2), n);
      points.invokeExact(
          words, s.staged(1), s.staged(2), s.converted(2), s.staged(3), op.a(), op.b(), n);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  /** {@code sqrt(-2 ln u)}: with u = 2^e (1 + f), the logarithm is e ln 2 + ln(1 + f). */
  static void radii(long words, long radii, int n) {
    for (int i = 0; i < n; i += STEP) {
      LongVector k = load(words + 4L * i).lanewise(LSHL, 32).lanewise(LSHR, 40).add(1L);
      LongVector bits = DoubleMath.ofLongs(k).mul(0x1p-24).reinterpretAsLongs();
      LongVector e = bits.sub(Power.ROOT_HALF).lanewise(ASHR, 52);
      DoubleVector f = bits.sub(e.lanewise(LSHL, 52)).reinterpretAsDoubles().sub(1.0);
      DoubleVector s = f.div(f.add(2.0));
      DoubleVector s2 = s.mul(s);
      DoubleVector log = DoubleMath.polynomial(LOG, s2).mul(s2).fma(s, s).mul(2.0);
      DoubleVector exponent = DoubleMath.ofLongs(e);
      log = exponent.fma(DoubleMath.all(LN2_LOW), log);
      log = exponent.fma(DoubleMath.all(LN2_HIGH), log);
      log.mul(-2.0).sqrt().intoMemorySegment(Native.ALL, Native.at(radii + 4L * i), Native.ORDER);
    }
  }

  /** Cosine and sine of {@code 2 pi u}, rounded as in the reference before it is reduced. */
  static void circle(long words, long cosines, long sines, int n) {
    for (int i = 0; i < n; i += STEP) {
      LongVector k = load(words + 4L * i).lanewise(LSHR, 40);
      DoubleVector angle = DoubleMath.ofLongs(k).mul(0x1p-24).mul(2 * Math.PI);
      DoubleVector shifted =
          angle.fma(DoubleMath.all(TWO_OVER_PI), DoubleMath.all(DoubleMath.ROUNDER));
      DoubleVector quarters = shifted.sub(DoubleMath.ROUNDER);
      DoubleVector r = quarters.fma(DoubleMath.all(-QUARTER_HIGH), angle);
      r = quarters.fma(DoubleMath.all(-QUARTER_LOW), r);
      DoubleVector r2 = r.mul(r);
      LongVector sine = DoubleMath.polynomial(SINE, r2).mul(r2).fma(r, r).reinterpretAsLongs();
      DoubleVector c = DoubleMath.polynomial(COSINE, r2).fma(r2, DoubleMath.all(-0.5));
      LongVector cosine = c.fma(r2, DoubleMath.all(1)).reinterpretAsLongs();
      LongVector quadrant = shifted.reinterpretAsLongs();
      VectorMask<Long> odd = quadrant.lanewise(LSHL, 63).compare(NE, 0L);
      LongVector sign = quadrant.lanewise(LSHL, 62).and(Long.MIN_VALUE);
      store(sine.blend(cosine, odd).lanewise(XOR, sign), sines + 4L * i);
      // A quarter turn before the sine.
      sign = quadrant.add(1L).lanewise(LSHL, 62).and(Long.MIN_VALUE);
      store(cosine.blend(sine, odd).lanewise(XOR, sign), cosines + 4L * i);
    }
  }

  /** {@code mean + deviation * radius * (cosine, sine)}, rounded to f32. */
  static void points(
      long words,
      long radii,
      long cosines,
      long sines,
      long y,
      double mean,
      double deviation,
      int n) {
    for (int i = 0; i < n; i += STEP) {
      long at = 4L * i;
      DoubleVector radius = load(radii + at).reinterpretAsDoubles();
      DoubleVector p = load(cosines + at).reinterpretAsDoubles().mul(radius).mul(deviation);
      DoubleVector q = load(sines + at).reinterpretAsDoubles().mul(radius).mul(deviation);
      DoubleVector even = p.add(mean);
      DoubleVector odd = q.add(mean);
      LongVector pair = bits(even).or(bits(odd).lanewise(LSHL, 32));
      if (isClear(even, p).and(isClear(odd, q)).allTrue()) {
        store(pair, y + at);
      } else {
        decide(words + at, y + at, mean, deviation);
      }
    }
  }

  /** Whether all numbers near {@code x}, a sum with {@code term}, round to the same f32. */
  private static VectorMask<Float> isClear(DoubleVector x, DoubleVector term) {
    DoubleVector doubt = x.abs().add(term.abs()).mul(DOUBT);
    return DoubleMath.narrow(x.sub(doubt)).compare(EQ, DoubleMath.narrow(x.add(doubt)));
  }

  private static LongVector bits(DoubleVector x) {
    FloatVector f = DoubleMath.narrow(x);
    return (LongVector) f.reinterpretAsInts().convertShape(ZERO_EXTEND_I2L, I64, 0);
  }

  /** A vector of numbers, by the reference. */
  private static void decide(long words, long y, double mean, double deviation) {
    for (int i = 0; i < STEP; i++) {
      long pair = words + 4L * (i & ~1);
      double x = Philox.normal(Native.getInt(pair), Native.getInt(pair + 4), (i & 1) == 1);
      Native.putFloat(y + 4L * i, (float) (mean + deviation * x));
    }
  }

  private static LongVector load(long address) {
    return LongVector.fromMemorySegment(I64, Native.ALL, Native.at(address), Native.ORDER);
  }

  private static void store(LongVector v, long address) {
    v.intoMemorySegment(Native.ALL, Native.at(address), Native.ORDER);
  }
}
