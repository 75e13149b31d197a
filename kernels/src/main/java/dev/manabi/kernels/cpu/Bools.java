package dev.manabi.kernels.cpu;

/** Bool elements (one byte each, 0 or 1) to and from the bits of a vector mask. */
final class Bools {
  private static final long LOW_BITS = 0x0101_0101_0101_0101L;

  private Bools() {}

  /** Writes bits 0 to {@code n - 1} as bytes; {@code n} is a power of two. */
  static void put(long address, long bits, int n) {
    for (int i = 0; i + 8 <= n; i += 8) {
      Native.putLong(address + i, Long.expand(bits >>> i, LOW_BITS));
    }
    if (n == 4) {
      Native.putInt(address, (int) Long.expand(bits, LOW_BITS));
    } else if (n == 2) {
      Native.putShort(address, (short) Long.expand(bits, LOW_BITS));
    } else if (n == 1) {
      Native.putByte(address, (byte) (bits & 1));
    }
  }

  /** The bits of {@code n} bools; {@code n} is a power of two. */
  static long get(long address, int n) {
    if (n == 4) {
      return Long.compress(Native.getInt(address), LOW_BITS);
    } else if (n == 2) {
      return Long.compress(Native.getShort(address), LOW_BITS);
    } else if (n == 1) {
      return Native.getByte(address);
    }
    long bits = 0;
    for (int i = 0; i + 8 <= n; i += 8) {
      bits |= Long.compress(Native.getLong(address + i), LOW_BITS) << i;
    }
    return bits;
  }
}
