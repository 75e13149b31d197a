package dev.manabi.kernels.cpu;

import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The vector width of this machine, and moves between raw memory and vectors. */
final class Vectors {
  static final VectorSpecies<Float> F32 = Simd.SHAPE.withLanes(float.class);
  static final VectorSpecies<Double> F64 = Simd.SHAPE.withLanes(double.class);

  /** Floats in a vector. */
  static final int COUNT = F32.length();

  /** Bytes in a vector. */
  static final int BYTES = F32.vectorByteSize();

  private static final VectorShuffle<Float> HALVES_EXCHANGED =
      VectorShuffle.fromOp(F32, i -> (i + COUNT / 2) % COUNT);

  private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

  private Vectors() {}

  static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(F32, Native.ALL, Native.at(address), NATIVE);
  }

  static FloatVector load(long address, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(F32, Native.ALL, Native.at(address), NATIVE, mask);
  }

  static void store(FloatVector v, long address) {
    v.intoMemorySegment(Native.ALL, Native.at(address), NATIVE);
  }

  static void store(FloatVector v, long address, VectorMask<Float> mask) {
    v.intoMemorySegment(Native.ALL, Native.at(address), NATIVE, mask);
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
