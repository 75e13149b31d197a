package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.D2I;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2D;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.manabi.tensor.DType;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Division that rounds down, and its remainder, on vectors; for every type in f64, where a float or
 * an integer is exact and its quotient good to 53 bits.
 */
final class Divisions {
  private static final VectorSpecies<Integer> I32 = VectorSpecies.of(int.class, Simd.HALF);
  private static final VectorSpecies<Long> I64 = Simd.I64;

  /** Quotients below it round to an integer by an addition, and are off by less than 1. */
  private static final double SMALL = 0x1p50;

  /** Longs of so many bits are exact in f64, and so are their rounded quotients. */
  private static final int LONG_BITS = 51;

  private Divisions() {}

  /** {@code floor(a / b)}; {@code null} if there is no vector form. */
  static @Nullable LaneFunction quotient(DType type) {
    return switch (type) {
      case F64 ->
          new LaneFunction(
              DoubleMath.F64,
              (Lanes.Map<Double>)
                  (a, b, _) -> DoubleMath.floor(((DoubleVector) a).div((DoubleVector) b)),
              null);
      case F32 ->
          new LaneFunction(
              DoubleMath.F32,
              (Lanes.Map<Float>)
                  (a, b, _) ->
                      DoubleMath.narrow(quotient(DoubleMath.widen(a), DoubleMath.widen(b))),
              null);
      case I32 ->
          new LaneFunction(
              I32,
              (Lanes.Map<Integer>) (a, b, _) -> toInts(wholeQuotient(ofInts(a), ofInts(b))),
              intsDivide());
      case I64 ->
          new LaneFunction(
              I64,
              (Lanes.Map<Long>)
                  (a, b, _) -> DoubleMath.toLongs(wholeQuotient(ofLongs(a), ofLongs(b))),
              longsDivide());
      case F16, BF16, I8, U8, BOOL -> null;
    };
  }

  /** {@code a - b floor(a / b)}; {@code null} if there is no vector form. */
  static @Nullable LaneFunction remainder(DType type) {
    return switch (type) {
      case F64 ->
          new LaneFunction(
              DoubleMath.F64,
              (Lanes.Map<Double>) (a, b, _) -> remainder((DoubleVector) a, (DoubleVector) b),
              (Lanes.Test<Double>) (a, b) -> smallQuotient((DoubleVector) a, (DoubleVector) b));
      case F32 ->
          new LaneFunction(
              DoubleMath.F32,
              (Lanes.Map<Float>)
                  (a, b, _) ->
                      DoubleMath.narrow(remainder(DoubleMath.widen(a), DoubleMath.widen(b))),
              (Lanes.Test<Float>) (a, b) -> smallQuotient((FloatVector) a, (FloatVector) b));
      case I32 ->
          new LaneFunction(
              I32,
              (Lanes.Map<Integer>) (a, b, _) -> toInts(remainder(ofInts(a), ofInts(b))),
              intsDivide());
      case I64 ->
          new LaneFunction(
              I64,
              (Lanes.Map<Long>) (a, b, _) -> DoubleMath.toLongs(remainder(ofLongs(a), ofLongs(b))),
              longsDivide());
      case F16, BF16, I8, U8, BOOL -> null;
    };
  }

  private static DoubleVector quotient(DoubleVector a, DoubleVector b) {
    return DoubleMath.floor(a.div(b));
  }

  /** Of numbers that are integers. */
  private static DoubleVector wholeQuotient(DoubleVector a, DoubleVector b) {
    DoubleVector q = a.div(b);
    DoubleVector n = q.add(DoubleMath.ROUNDER).sub(DoubleMath.ROUNDER);
    return n.sub(1.0, n.compare(GT, q));
  }

  /**
   * Computed with the signs of both turned round where b is negative. The multiple of b that is
   * nearest to a leaves a rest that is exact; a negative one wants one b more, which rounds as in
   * the reference.
   */
  private static DoubleVector remainder(DoubleVector a, DoubleVector b) {
    LongVector sign = b.reinterpretAsLongs().and(Long.MIN_VALUE);
    DoubleVector turned = a.reinterpretAsLongs().lanewise(XOR, sign).reinterpretAsDoubles();
    DoubleVector size = b.abs();
    DoubleVector n = turned.div(size).add(DoubleMath.ROUNDER).sub(DoubleMath.ROUNDER);
    DoubleVector r = n.neg().fma(size, turned);
    r = r.add(size, r.compare(LT, 0.0));
    // A zero has the sign of a.
    DoubleVector y = r.reinterpretAsLongs().lanewise(XOR, sign).reinterpretAsDoubles();
    return y.blend(a.mul(0.0), r.compare(EQ, 0.0));
  }

  private static VectorMask<Double> smallQuotient(DoubleVector a, DoubleVector b) {
    DoubleVector size = b.abs();
    VectorMask<Double> small = a.abs().compare(LT, size.mul(SMALL));
    return small.and(size.compare(LT, Double.POSITIVE_INFINITY));
  }

  private static VectorMask<Float> smallQuotient(FloatVector a, FloatVector b) {
    FloatVector size = b.abs();
    VectorMask<Float> small = a.abs().compare(LT, size.mul((float) SMALL));
    return small.and(size.compare(LT, Float.POSITIVE_INFINITY));
  }

  /** Where the divisor is not 0, and the quotient an int. */
  private static Lanes.Test<Integer> intsDivide() {
    return (a, b) ->
        ((IntVector) b).compare(NE, 0).and(((IntVector) a).compare(GT, Integer.MIN_VALUE));
  }

  /** Where the divisor is not 0, and both operands have bits to spare in f64. */
  private static Lanes.Test<Long> longsDivide() {
    return (a, b) -> {
      LongVector bits = shifted(a).or(shifted(b)).lanewise(LSHR, LONG_BITS + 1);
      return bits.compare(EQ, 0L).and(((LongVector) b).compare(NE, 0L));
    };
  }

  /**
   * Not negative and shorter than {@code LONG_BITS + 1} if x is shorter than that with its sign.
   */
  private static LongVector shifted(Vector<Long> x) {
    return ((LongVector) x).add(1L << LONG_BITS);
  }

  private static DoubleVector ofInts(Vector<Integer> x) {
    return (DoubleVector) x.convertShape(I2D, DoubleMath.F64, 0);
  }

  private static IntVector toInts(DoubleVector x) {
    return (IntVector) x.convertShape(D2I, I32, 0);
  }

  private static DoubleVector ofLongs(Vector<Long> x) {
    return DoubleMath.ofLongs((LongVector) x);
  }
}
