package dev.manabi.kernels.lessons;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** The vectors of the lessons: f32, as wide as the machine prefers. */
public final class Lanes {
  /** {@code -Dmanabi.vector.bits=128} narrows them, as it does those of the backend. */
  public static final VectorSpecies<Float> F32 = species(Integer.getInteger("manabi.vector.bits"));

  /** Numbers in a vector. */
  public static final int COUNT = F32.length();

  /** Bytes of a vector. */
  public static final int BYTES = F32.vectorByteSize();

  private Lanes() {}

  private static VectorSpecies<Float> species(@Nullable Integer bits) {
    VectorShape preferred = VectorShape.preferredShape();
    boolean narrow = bits != null && bits < preferred.vectorBitSize();
    return VectorSpecies.of(float.class, narrow ? VectorShape.forBitSize(bits) : preferred);
  }
}
