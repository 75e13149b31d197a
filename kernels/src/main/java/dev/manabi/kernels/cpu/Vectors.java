package dev.manabi.kernels.cpu;

import java.nio.ByteOrder;
import java.util.function.DoubleBinaryOperator;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The vector width of this machine, and moves between raw memory and vectors. */
final class Vectors {
  static final VectorSpecies<Float> F32 = Simd.SHAPE.withLanes(float.class);
  static final VectorSpecies<Double> F64 = Simd.SHAPE.withLanes(double.class);

  /** Floats in a vector. */
  static final int COUNT = F32.length();

  /** Bytes in a vector. */
  static final int BYTES = F32.vectorByteSize();

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

  /** The first {@code n} lanes of doubles, none if it is negative. */
  static VectorMask<Double> firstDoubles(int n) {
    // One mask is made, whatever n: C2 boxes a mask that comes from either of two places.
    return VectorMask.fromLong(F64, (1L << Math.clamp(n, 0, F64.length())) - 1);
  }

  /** The lower half ({@code part} 0) or the upper half (1) of the lanes. */
  static DoubleVector widen(FloatVector v, int part) {
    return (DoubleVector) v.convertShape(VectorOperators.F2D, F64, part);
  }

  /**
   * Joins the lanes in pairs. (The Vector API's own {@code reduceLanes} may add in another order
   * once it is compiled, and its shuffles are objects.)
   */
  static double across(DoubleBinaryOperator join, DoubleVector v) {
    double a = join.applyAsDouble(v.lane(0), v.lane(1));
    if (F64.length() >= 4) {
      a = join.applyAsDouble(a, join.applyAsDouble(v.lane(2), v.lane(3)));
    }
    if (F64.length() >= 8) {
      double b = join.applyAsDouble(v.lane(4), v.lane(5));
      a = join.applyAsDouble(a, join.applyAsDouble(b, join.applyAsDouble(v.lane(6), v.lane(7))));
    }
    return a;
  }

  /** The sum of the lanes. */
  static double sum(DoubleVector v) {
    return across(Double::sum, v);
  }

  /** Constants of neighbouring columns; zeros if there are none at all. */
  static FloatVector constants(float[] m, int at) {
    return m.length == 0 ? FloatVector.zero(F32) : FloatVector.fromArray(F32, m, at);
  }

  static FloatVector constants(float[] m, int at, VectorMask<Float> mask) {
    return m.length == 0 ? FloatVector.zero(F32) : FloatVector.fromArray(F32, m, at, mask);
  }
}
