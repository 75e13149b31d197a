package dev.manabi.kernels.ptx;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers of 1, 2, 4 or 8 bytes in an array of bytes, little end first, as the GPU has them. */
final class Bytes {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** A byte 1 for each byte of a number: how a shadow array says that all were written. */
  private static final long WRITTEN = 0x0101_0101_0101_0101L;

  private Bytes() {}

  static long get(byte[] from, int at, int bytes) {
    return switch (bytes) {
      case 4 -> (int) INT.get(from, at) & 0xffff_ffffL;
      case 8 -> (long) LONG.get(from, at);
      case 2 -> (short) SHORT.get(from, at) & 0xffffL;
      case 1 -> from[at] & 0xffL;
      default -> throw new IllegalArgumentException("no access of " + bytes + " bytes");
    };
  }

  static void put(byte[] to, int at, int bytes, long value) {
    switch (bytes) {
      case 4 -> INT.set(to, at, (int) value);
      case 8 -> LONG.set(to, at, value);
      case 2 -> SHORT.set(to, at, (short) value);
      case 1 -> to[at] = (byte) value;
      default -> throw new IllegalArgumentException("no access of " + bytes + " bytes");
    }
  }

  /** Notes in a shadow array that these bytes were written. */
  static void mark(byte[] shadow, int at, int bytes) {
    put(shadow, at, bytes, WRITTEN);
  }

  /** Whether a shadow array says that all these bytes were written. */
  static boolean isMarked(byte[] shadow, int at, int bytes) {
    return get(shadow, at, bytes) == WRITTEN >>> (64 - 8 * bytes);
  }
}
