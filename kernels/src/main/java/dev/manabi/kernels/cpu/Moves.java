package dev.manabi.kernels.cpu;

import java.lang.foreign.MemorySegment;

/** Moves of elements whose size is all that matters about them. */
final class Moves {
  private static final Mover LONGS = mover(8, (a, b) -> Native.putLong(b, Native.getLong(a)));
  private static final Mover INTS = mover(4, (a, b) -> Native.putInt(b, Native.getInt(a)));
  private static final Mover SHORTS = mover(2, (a, b) -> Native.putShort(b, Native.getShort(a)));
  private static final Mover BYTES = mover(1, (a, b) -> Native.putByte(b, Native.getByte(a)));

  private Moves() {}

  private static Mover mover(int bytes, MoveLoop.Move move) {
    return KernelTemplate.copy(Mover.class, MoveLoop.class, new MoveLoop.Element(bytes, move));
  }

  /** The loops for elements of {@code bytes} bytes. */
  static Mover of(int bytes) {
    return switch (bytes) {
      case 8 -> LONGS;
      case 4 -> INTS;
      case 2 -> SHORTS;
      default -> BYTES;
    };
  }

  /** Copies {@code bytes} bytes. */
  static void copy(long from, long to, long bytes) {
    MemorySegment.copy(Native.ALL, from, Native.ALL, to, bytes);
  }

  /** Copies one element of {@code bytes} bytes. */
  static void one(int bytes, long from, long to) {
    switch (bytes) {
      case 8 -> Native.putLong(to, Native.getLong(from));
      case 4 -> Native.putInt(to, Native.getInt(from));
      case 2 -> Native.putShort(to, Native.getShort(from));
      default -> Native.putByte(to, Native.getByte(from));
    }
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
      of(bytes).row(from, fromStep, to, toStep, n);
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
