package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The width of vector that the kernels use, what the machine prefers or what is asked for, and
 * moves between memory and vectors.
 */
final class Simd {
  /** {@code -Dmanabi.vector.bits=128} narrows the vectors of a wider machine, for tests. */
  static final VectorShape SHAPE = shape(Integer.getInteger("manabi.vector.bits", 0));

  /** Half that width: as many lanes of f32 as a whole vector has of f64. */
  static final VectorShape HALF = VectorShape.forBitSize(SHAPE.vectorBitSize() / 2);

  static final VectorSpecies<Float> F32 = SHAPE.withLanes(float.class);
  static final VectorSpecies<Double> F64 = SHAPE.withLanes(double.class);
  static final VectorSpecies<Integer> I32 = SHAPE.withLanes(int.class);
  static final VectorSpecies<Long> I64 = SHAPE.withLanes(long.class);

  /** Floats in a vector. */
  static final int COUNT = F32.length();

  /** Bytes in a vector. */
  static final int BYTES = F32.vectorByteSize();

  private static final Class<? extends FloatVector> TYPE =
      F32.vectorType().asSubclass(FloatVector.class);

  private static final VectorShuffle<Float> HALVES_EXCHANGED =
      VectorShuffle.fromOp(F32, i -> (i + COUNT / 2) % COUNT);

  private Simd() {}

  private static VectorShape shape(int bits) {
    VectorShape preferred = VectorShape.preferredShape();
    return bits == 0 || bits > preferred.vectorBitSize() ? preferred : VectorShape.forBitSize(bits);
  }

  /** Vectors of the dtype's own representation; of the integer of its size for f16 and bf16. */
  static VectorSpecies<?> species(DType dtype) {
    Class<?> lane =
        switch (dtype) {
          case F32 -> float.class;
          case F64 -> double.class;
          case F16, BF16 -> short.class;
          case I64 -> long.class;
          case I32 -> int.class;
          case I8, U8, BOOL -> byte.class;
        };
    return VectorSpecies.of(lane, SHAPE);
  }

  /**
   * The same vector, of which the JIT then knows the class. Otherwise it goes by the classes it has
   * seen in the Vector API's methods, and where kernels of other widths have run, too, it may make
   * objects of vectors to ask each for its class. Not for large kernels: what is known early is
   * inlined early, and C2 soon has too many nodes to inline the rest.
   */
  static FloatVector known(FloatVector v) {
    return TYPE.cast(v);
  }

  /** The f32 vector at {@code address}. */
  static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(F32, Native.ALL, Native.at(address), Native.ORDER);
  }

  static FloatVector load(long address, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(F32, Native.ALL, Native.at(address), Native.ORDER, mask);
  }

  /** The f32 vector from {@code array[at]} on. */
  static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(F32, array, at);
  }

  /** {@code value} in every lane. */
  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(F32, value);
  }

  static FloatVector zero() {
    return FloatVector.zero(F32);
  }

  /**
   * 0 in place of what is too small for a normal number. Arithmetic with such numbers takes a
   * hundred cycles each, and a mean that decays ends as one for ever: the smallest of them, times
   * 0.9, rounds to itself.
   */
  static FloatVector flushed(FloatVector v) {
    return flushed(v, Float.MIN_NORMAL);
  }

  /** 0 in place of what is smaller than {@code least}. */
  static FloatVector flushed(FloatVector v, float least) {
    return v.blend(0f, v.abs().compare(VectorOperators.LT, least));
  }

  static void store(FloatVector v, long address) {
    v.intoMemorySegment(Native.ALL, Native.at(address), Native.ORDER);
  }

  static void store(FloatVector v, long address, VectorMask<Float> mask) {
    v.intoMemorySegment(Native.ALL, Native.at(address), Native.ORDER, mask);
  }

  /** The first {@code n} lanes, at least one. */
  static VectorMask<Float> first(long n) {
    return VectorMask.fromLong(F32, -1L >>> (Long.SIZE - n));
  }

  /** The first {@code n} lanes, none if it is not positive. */
  static VectorMask<Float> firstOrNone(long n) {
    return VectorMask.fromLong(F32, (1L << Math.clamp(n, 0, COUNT)) - 1);
  }

  /** The first {@code n} lanes of doubles, none if it is negative. */
  static VectorMask<Double> firstDoubles(int n) {
    // One mask is made, whatever n: C2 boxes a mask that comes from either of two places.
    return VectorMask.fromLong(F64, (1L << Math.clamp(n, 0, F64.length())) - 1);
  }

  /** The lower half of the lanes. */
  static DoubleVector low(FloatVector v) {
    return (DoubleVector) v.convertShape(VectorOperators.F2D, F64, 0);
  }

  /**
   * The upper half of the lanes. (The Vector API's own way to them costs C2 so many nodes that,
   * after a few uses in a loop, it stops inlining and makes objects of vectors.)
   */
  static DoubleVector high(FloatVector v) {
    return low(v.rearrange(HALVES_EXCHANGED));
  }

  /**
   * The sum of {@code v}'s lanes, in an order that no compilation changes. (The Vector API's own
   * {@code reduceLanes} may add in another order once it is compiled.)
   *
   * @param room for the lanes
   */
  static double sum(DoubleVector v, double[] room) {
    v.intoArray(room, 0);
    double sum = room[0];
    for (int i = 1; i < F64.length(); i++) {
      sum += room[i];
    }
    return sum;
  }
}
