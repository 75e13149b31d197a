package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The width of vector that the kernels use: what the machine prefers, or what is asked for. */
final class Simd {
  /** {@code -Dmanabi.vector.bits=128} narrows the vectors of a wider machine, for tests. */
  static final VectorShape SHAPE = shape(Integer.getInteger("manabi.vector.bits", 0));

  /** Half that width: as many lanes of f32 as a whole vector has of f64. */
  static final VectorShape HALF = VectorShape.forBitSize(SHAPE.vectorBitSize() / 2);

  static final VectorSpecies<Float> F32 = VectorSpecies.of(float.class, SHAPE);
  static final VectorSpecies<Integer> I32 = VectorSpecies.of(int.class, SHAPE);
  static final VectorSpecies<Long> I64 = VectorSpecies.of(long.class, SHAPE);

  private static final Class<? extends FloatVector> TYPE =
      F32.vectorType().asSubclass(FloatVector.class);

  private Simd() {}

  /**
   * The same vector, of which the JIT then knows the class. Otherwise it goes by the classes it has
   * seen in the Vector API's methods, and where kernels of other widths have run, too, it makes
   * objects of vectors to ask each for its class.
   */
  static FloatVector known(FloatVector v) {
    return TYPE.cast(v);
  }

  /** The f32 vector at {@code address}. */
  static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(F32, Native.ALL, Native.at(address), Native.ORDER);
  }

  static void store(FloatVector v, long address) {
    v.intoMemorySegment(Native.ALL, Native.at(address), Native.ORDER);
  }

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
}
