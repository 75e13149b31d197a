package dev.manabi.kernels.cpu;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
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

  /** Exchanges halves, quarters and eighths of a vector of doubles (neighbours of 4, 2 and 1). */
  static final VectorShuffle<Double> SWAP_4 = swap(4);

  static final VectorShuffle<Double> SWAP_2 = swap(2);
  static final VectorShuffle<Double> SWAP_1 = swap(1);

  private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

  private Vectors() {}

  private static VectorShuffle<Double> swap(int distance) {
    return VectorShuffle.fromOp(F64, i -> (i ^ distance) % F64.length());
  }

  static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(F32, Native.ALL, address, NATIVE);
  }

  static FloatVector load(long address, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(F32, Native.ALL, address, NATIVE, mask);
  }

  static void store(FloatVector v, long address) {
    v.intoMemorySegment(Native.ALL, address, NATIVE);
  }

  static void store(FloatVector v, long address, VectorMask<Float> mask) {
    v.intoMemorySegment(Native.ALL, address, NATIVE, mask);
  }

  /** The first {@code n} lanes, at least one. */
  static VectorMask<Float> first(long n) {
    return VectorMask.fromLong(F32, -1L >>> (Long.SIZE - n));
  }

  /** The first {@code n} lanes of doubles, none if it is negative. */
  static VectorMask<Double> firstDoubles(int n) {
    return n <= 0
        ? VectorMask.fromLong(F64, 0)
        : VectorMask.fromLong(F64, -1L >>> (Long.SIZE - Math.min(n, F64.length())));
  }

  /** Constants of neighbouring columns; zeros if there are none at all. */
  static FloatVector constants(float[] m, int at) {
    return m.length == 0 ? FloatVector.zero(F32) : FloatVector.fromArray(F32, m, at);
  }

  static FloatVector constants(float[] m, int at, VectorMask<Float> mask) {
    return m.length == 0 ? FloatVector.zero(F32) : FloatVector.fromArray(F32, m, at, mask);
  }
}
