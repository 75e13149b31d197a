package dev.manabi.kernels.lessons;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * Numbers outside the heap, by their addresses in bytes. Nothing is checked, as in the kernels that
 * ship: they check their operands once, before the loops.
 */
public final class Memory {
  /** A constant, so the JIT knows where it begins and that it has no end worth checking. */
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** Masked by these bits, an address lies in {@link #ALL} for certain. */
  private static final long ADDRESS_BITS = (1L << 56) - 1;

  private Memory() {}

  /** The number at an address. */
  public static float get(long address) {
    return ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, address & ADDRESS_BITS);
  }

  /** Puts a number there. */
  public static void set(long address, float value) {
    ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, address & ADDRESS_BITS, value);
  }

  /** The vector that begins there. */
  public static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(
        Lanes.F32, ALL, address & ADDRESS_BITS, ByteOrder.nativeOrder());
  }

  /** Puts a vector there. */
  public static void store(FloatVector v, long address) {
    v.intoMemorySegment(ALL, address & ADDRESS_BITS, ByteOrder.nativeOrder());
  }

  /** Copies so many numbers from there to {@code array[to]} and so on. */
  public static void copy(long address, float[] array, int to, int count) {
    MemorySegment.copy(ALL, ValueLayout.JAVA_FLOAT_UNALIGNED, address, array, to, count);
  }
}
