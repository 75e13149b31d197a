package dev.manabi.kernels.reference;

/** bf16, the upper half of an f32: 1 sign, 8 exponent and 7 fraction bits. */
public final class BFloat16 {
  private BFloat16() {}

  /** The number that the bits of {@code x} stand for; every bf16 is an f32. */
  public static float toFloat(short x) {
    return Float.intBitsToFloat(x << 16);
  }

  /** The nearest bf16; of two that are equally near, the one whose last bit is 0. */
  public static short fromFloat(float x) {
    int bits = Float.floatToRawIntBits(x);
    if (Float.isNaN(x)) {
      // Cutting the payload could leave an infinity: keep one bit of it set.
      return (short) ((bits >>> 16) | 0x40);
    }
    int lastKeptBit = (bits >>> 16) & 1;
    return (short) ((bits + 0x7FFF + lastKeptBit) >>> 16);
  }
}
