package dev.manabi.kernels.cpu;

import java.lang.foreign.MemorySegment;

/** Moves of elements whose size is all that matters about them. */
final class Moves {
  private Moves() {}

  /** Copies {@code bytes} bytes. */
  static void copy(long from, long to, long bytes) {
    MemorySegment.copy(Native.ALL, from, Native.ALL, to, bytes);
  }

  /**
   * Copies {@code n} elements of {@code bytes} bytes each, which lie {@code fromStep} bytes apart,
   * to places {@code toStep} bytes apart.
   */
  static void row(int bytes, long from, long fromStep, long to, long toStep, long n) {
    if (fromStep == bytes && toStep == bytes) {
      copy(from, to, n * bytes);
    } else if (fromStep == 0 && toStep == bytes) {
      fill(bytes, load(bytes, from), to, n);
    } else {
      strided(bytes, from, fromStep, to, toStep, n);
    }
  }

  private static void strided(int bytes, long from, long fromStep, long to, long toStep, long n) {
    switch (bytes) {
      case 8 -> longs(from, fromStep, to, toStep, n);
      case 4 -> ints(from, fromStep, to, toStep, n);
      case 2 -> shorts(from, fromStep, to, toStep, n);
      default -> bytes(from, fromStep, to, toStep, n);
    }
  }

  private static void longs(long from, long fromStep, long to, long toStep, long n) {
    for (long i = 0; i < n; i++) {
      Native.putLong(to + i * toStep, Native.getLong(from + i * fromStep));
    }
  }

  private static void ints(long from, long fromStep, long to, long toStep, long n) {
    for (long i = 0; i < n; i++) {
      Native.putInt(to + i * toStep, Native.getInt(from + i * fromStep));
    }
  }

  private static void shorts(long from, long fromStep, long to, long toStep, long n) {
    for (long i = 0; i < n; i++) {
      Native.putShort(to + i * toStep, Native.getShort(from + i * fromStep));
    }
  }

  private static void bytes(long from, long fromStep, long to, long toStep, long n) {
    for (long i = 0; i < n; i++) {
      Native.putByte(to + i * toStep, Native.getByte(from + i * fromStep));
    }
  }

  /** The bits of the element of {@code bytes} bytes at {@code address}. */
  static long load(int bytes, long address) {
    return switch (bytes) {
      case 8 -> Native.getLong(address);
      case 4 -> Native.getInt(address);
      case 2 -> Native.getShort(address);
      default -> Native.getByte(address);
    };
  }

  /** Writes {@code n} elements of {@code bytes} bytes, all with the bits {@code element}. */
  static void fill(int bytes, long element, long to, long n) {
    long pattern = pattern(bytes, element);
    long size = n * bytes;
    long i = 0;
    for (; i + Long.BYTES <= size; i += Long.BYTES) {
      Native.putLong(to + i, pattern);
    }
    // The pattern's bytes repeat, so the rest is a prefix of it.
    for (; i < size; i++) {
      Native.putByte(to + i, (byte) (pattern >>> 8 * (i & 7)));
    }
  }

  /** The element repeated until it fills a long. */
  private static long pattern(int bytes, long element) {
    return switch (bytes) {
      case 8 -> element;
      case 4 -> (element & 0xFFFFFFFFL) * 0x1_0000_0001L;
      case 2 -> (element & 0xFFFF) * 0x0001_0001_0001_0001L;
      default -> (element & 0xFF) * 0x0101_0101_0101_0101L;
    };
  }
}
