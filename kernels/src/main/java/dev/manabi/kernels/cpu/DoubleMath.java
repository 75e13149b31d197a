package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Functions of f64 vectors, also for f32 and integers where those need more than their own bits.
 */
final class DoubleMath {
  static final VectorSpecies<Double> F64 = Simd.F64;

  /** As many lanes of f32 as {@link #F64} has. */
  static final VectorSpecies<Float> F32 = VectorSpecies.of(float.class, Simd.HALF);

  /** Adding it rounds a number below 2^51 to an integer, which then stands in the low bits. */
  static final double ROUNDER = 0x1.8p52;

  static final long ROUNDER_BITS = Double.doubleToRawLongBits(ROUNDER);

  /** From here on every double is an integer. */
  static final double ALL_WHOLE = 0x1p52;

  private DoubleMath() {}

  /** The vector form of {@code fn} for f64; {@code null} if there is none. */
  static Lanes.@Nullable Map<Double> map(UnaryFn fn) {
    return switch (fn) {
      case FLOOR -> (x, _, _) -> floor((DoubleVector) x);
      case CEIL -> (x, _, _) -> ceil((DoubleVector) x);
      case ROUND -> (x, _, _) -> round((DoubleVector) x);
      case TRUNC -> (x, _, _) -> trunc((DoubleVector) x);
      case EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, SIGMOID, ERF -> null;
      case NEG, ABS, SIGN, SQRT, RSQRT, RECIPROCAL, RELU -> Lanes.of(DType.F64).map(fn);
      case IS_NAN, IS_INF, IS_FINITE, NOT -> null;
    };
  }

  static DoubleVector floor(DoubleVector x) {
    DoubleVector r = round(x);
    return copySign(r.sub(1.0, r.compare(GT, x)), x);
  }

  static DoubleVector ceil(DoubleVector x) {
    DoubleVector r = round(x);
    return copySign(r.add(1.0, r.compare(LT, x)), x);
  }

  static DoubleVector trunc(DoubleVector x) {
    return copySign(floor(x.abs()), x);
  }

  /** To the nearest integer, halves to even: see {@link FloatMath#round}. */
  static DoubleVector round(DoubleVector x) {
    DoubleVector a = x.abs();
    DoubleVector r = a.add(ALL_WHOLE).sub(ALL_WHOLE);
    return copySign(a.blend(r, a.compare(LT, ALL_WHOLE)), x);
  }

  static DoubleVector copySign(DoubleVector magnitude, DoubleVector sign) {
    LongVector bit = sign.reinterpretAsLongs().and(Long.MIN_VALUE);
    return magnitude.reinterpretAsLongs().and(Long.MAX_VALUE).or(bit).reinterpretAsDoubles();
  }

  /** {@code c[0] + c[1] x + c[2] x^2 + ..} by Horner's rule. */
  static DoubleVector polynomial(double[] c, DoubleVector x) {
    DoubleVector sum = all(c[c.length - 1]);
    for (int i = c.length - 2; i >= 0; i--) {
      sum = sum.fma(x, all(c[i]));
    }
    return sum;
  }

  static DoubleVector all(double value) {
    return DoubleVector.broadcast(F64, value);
  }

  /** A vector of {@link #F32} as doubles. */
  static DoubleVector widen(Vector<Float> x) {
    return (DoubleVector) x.convertShape(F2D, F64, 0);
  }

  /** Rounded to a vector of {@link #F32}. */
  static FloatVector narrow(DoubleVector x) {
    return (FloatVector) x.convertShape(D2F, F32, 0);
  }

  /** The integers of absolute value below 2^51 as doubles: few machines convert vectors of long. */
  static DoubleVector ofLongs(LongVector x) {
    return x.add(ROUNDER_BITS).reinterpretAsDoubles().sub(ROUNDER);
  }

  /** The doubles, integers of absolute value below 2^51, as longs. */
  static LongVector toLongs(DoubleVector x) {
    return x.add(ROUNDER).reinterpretAsLongs().sub(ROUNDER_BITS);
  }
}
