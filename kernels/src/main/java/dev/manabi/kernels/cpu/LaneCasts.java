package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import dev.manabi.tensor.DType;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** Conversions of vectors to and from f32, the dtype that the others pass through. */
final class LaneCasts {
  private static final int SMALLEST = 64;
  private static final int INFINITY = 0x7F800000;
  private static final int ABOVE_F16 = (127 + 16) << 23;
  private static final int NORMAL_F16 = (127 - 14) << 23;

  /** Adding it to a number below 2^-14 leaves the f16 subnormal's bits lowest, rounded to even. */
  private static final float SUBNORMAL_F16 = 0.5f;

  private LaneCasts() {}

  /** Converts a vector to one of another element type and equally many lanes. */
  interface Cast {
    Vector<?> apply(Vector<?> x);
  }

  /** The conversion, or {@code null} if there is none for these dtypes or for this vector width. */
  static LaneCastLoop.@Nullable Conversion conversion(DType from, DType to) {
    int widest = Math.max(4, Math.max(from.bytes(), to.bytes()));
    int lanes = Simd.SHAPE.vectorBitSize() / Byte.SIZE / widest;
    if (lanes * Byte.SIZE * Math.min(from.bytes(), to.bytes()) < SMALLEST) {
      return null;
    }
    Cast cast =
        switch (from) {
          case F32 -> fromF32(to, lanes);
          case F64, F16, BF16, I32, I8, U8, BOOL -> to == DType.F32 ? toF32(from, lanes) : null;
          // Only AVX-512 converts longs; elsewhere this would be slower than the scalar loop.
          case I64 -> null;
        };
    return cast == null
        ? null
        : new LaneCastLoop.Conversion(species(from, lanes), species(to, lanes), cast);
  }

  @SuppressWarnings("unchecked") // The dtype says which.
  private static <E> VectorSpecies<E> species(DType type, int lanes) {
    VectorShape shape = VectorShape.forBitSize(lanes * type.bytes() * Byte.SIZE);
    return (VectorSpecies<E>) Simd.species(type).withShape(shape);
  }

  // Each conversion is spelled out. A helper that took the operator as an argument would be
  // compiled
  // for any operator, and C2 inlines nothing that it has compiled into much code already.

  private static @Nullable Cast toF32(DType from, int lanes) {
    VectorSpecies<Float> floats = species(DType.F32, lanes);
    VectorSpecies<Integer> ints = species(DType.I32, lanes);
    return switch (from) {
      case F64 -> x -> ((DoubleVector) x).convertShape(D2F, floats, 0);
      case I32 -> x -> ((IntVector) x).convertShape(I2F, floats, 0);
      case I8 -> x -> ((ByteVector) x).convertShape(B2F, floats, 0);
      case U8, BOOL ->
          x -> ((ByteVector) x).convertShape(ZERO_EXTEND_B2I, ints, 0).convertShape(I2F, floats, 0);
      case BF16 ->
          x -> widenBf16((IntVector) ((ShortVector) x).convertShape(ZERO_EXTEND_S2I, ints, 0));
      case F16 ->
          x -> widenF16((IntVector) ((ShortVector) x).convertShape(ZERO_EXTEND_S2I, ints, 0));
      case F32, I64 -> null;
    };
  }

  private static @Nullable Cast fromF32(DType to, int lanes) {
    return switch (to) {
      case F64 -> {
        VectorSpecies<Double> doubles = species(to, lanes);
        yield x -> ((FloatVector) x).convertShape(F2D, doubles, 0);
      }
      case BF16 -> {
        VectorSpecies<Short> shorts = species(to, lanes);
        yield x -> narrowBf16((FloatVector) x).convertShape(I2S, shorts, 0);
      }
      case F16 -> {
        VectorSpecies<Short> shorts = species(to, lanes);
        yield x -> narrowF16((FloatVector) x).convertShape(I2S, shorts, 0);
      }
      // To integers out of range, a vector conversion saturates where the reference wraps around.
      case F32, I64, I32, I8, U8, BOOL -> null;
    };
  }

  /** bf16 is the upper half of f32. */
  private static FloatVector widenBf16(IntVector bits) {
    return bits.lanewise(LSHL, 16).reinterpretAsFloats();
  }

  /** To nearest, ties to even, by the carry of an addition below the last kept bit. */
  private static IntVector narrowBf16(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    IntVector upper = bits.lanewise(LSHR, 16);
    IntVector rounded = bits.add(0x7FFF).add(upper.and(1)).lanewise(LSHR, 16);
    // The carry could turn a NaN into something else; it keeps its upper half and one bit set.
    return rounded.blend(upper.or(0x40), isNaN(bits));
  }

  /**
   * Shifted into place, the exponent is too small by 112, in normal and subnormal numbers alike.
   */
  private static FloatVector widenF16(IntVector bits) {
    IntVector magnitude = bits.and(0x7FFF);
    IntVector shifted = magnitude.lanewise(LSHL, 13);
    IntVector finite = shifted.reinterpretAsFloats().mul(0x1p112f).reinterpretAsInts();
    IntVector result = finite.blend(shifted.or(INFINITY), magnitude.compare(GE, 0x7C00));
    return result.or(bits.and(0x8000).lanewise(LSHL, 16)).reinterpretAsFloats();
  }

  private static IntVector narrowF16(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    IntVector a = bits.and(Integer.MAX_VALUE);
    IntVector odd = a.lanewise(LSHR, 13).and(1);
    IntVector normal = a.add(((15 - 127) << 23) + 0xFFF).add(odd).lanewise(LSHR, 13);
    IntVector small =
        a.reinterpretAsFloats()
            .add(SUBNORMAL_F16)
            .reinterpretAsInts()
            .sub(Float.floatToRawIntBits(SUBNORMAL_F16));
    IntVector y = normal.blend(small, a.compare(LT, NORMAL_F16));
    y = y.blend(0x7C00, a.compare(GE, ABOVE_F16)).blend(0x7E00, isNaN(bits));
    return y.or(bits.lanewise(LSHR, 16).and(0x8000));
  }

  private static VectorMask<Integer> isNaN(IntVector bits) {
    return bits.and(Integer.MAX_VALUE).compare(GT, INFINITY);
  }
}
