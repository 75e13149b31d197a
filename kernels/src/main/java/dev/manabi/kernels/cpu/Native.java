package dev.manabi.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Raw addresses. One segment spans all memory, so C2 sees a constant base and no bounds worth
 * checking; kernels check their operands once, at the op's door. Positions are addresses in bytes.
 */
final class Native {
  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** All of memory: vectors are loaded from here at {@code fromMemorySegment(.., ALL, address)}. */
  static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  static {
    // The JIT compiles on the belief that all segments are of the kinds loaded so far, and throws
    // every kernel away when another kind appears: so let the heap's kind appear first.
    if (MemorySegment.ofArray(new byte[1]).isNative()) {
      throw new AssertionError("a segment over an array is on the heap");
    }
  }

  /** The bits of an address that a program can own. */
  static final long MASK = (1L << 56) - 1;

  private Native() {}

  /**
   * The same address, of which the JIT then knows that it lies in {@link #ALL}: masking costs one
   * instruction, while a check of bounds costs two and a way out that keeps registers occupied.
   */
  static long at(long address) {
    return address & MASK;
  }

  static float getFloat(long address) {
    return ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at(address));
  }

  static void putFloat(long address, float value) {
    ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at(address), value);
  }

  static double getDouble(long address) {
    return ALL.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at(address));
  }

  static void putDouble(long address, double value) {
    ALL.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, at(address), value);
  }

  static long getLong(long address) {
    return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, at(address));
  }

  static void putLong(long address, long value) {
    ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, at(address), value);
  }

  static int getInt(long address) {
    return ALL.get(ValueLayout.JAVA_INT_UNALIGNED, at(address));
  }

  static void putInt(long address, int value) {
    ALL.set(ValueLayout.JAVA_INT_UNALIGNED, at(address), value);
  }

  static short getShort(long address) {
    return ALL.get(ValueLayout.JAVA_SHORT_UNALIGNED, at(address));
  }

  static void putShort(long address, short value) {
    ALL.set(ValueLayout.JAVA_SHORT_UNALIGNED, at(address), value);
  }

  static byte getByte(long address) {
    return ALL.get(ValueLayout.JAVA_BYTE, at(address));
  }

  static void putByte(long address, byte value) {
    ALL.set(ValueLayout.JAVA_BYTE, at(address), value);
  }
}
