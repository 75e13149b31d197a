package dev.manabi.kernels.ptx;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The global memory of the machine. Each allocation has 4 GiB of addresses to itself, of which it
 * uses the first ones: an address beyond its end never falls into another allocation. Addresses of
 * freed memory are given out again only after thousands of later ones were freed, so that a use
 * after the end is noticed.
 *
 * <p>Host operations throw {@link IllegalArgumentException} for a range that is not inside one live
 * allocation. All methods may be called from any thread; kernels and copies that touch the same
 * bytes at the same time are the caller's to order, as on a GPU.
 */
public final class DeviceMemory {
  private static final int SLOT_BITS = 32;

  /** No allocation stands at address 0 or near it. */
  private static final int FIRST_SLOT = 16;

  /** How many freed slots rest before the oldest is used again. */
  private static final int QUARANTINE = 1 << 14;

  /** Some bytes that were asked for in one piece. */
  static final class Allocation {
    private static final byte[] NOTHING = {};

    final long base;
    private boolean ended;

    /** How many bytes were asked for. */
    final int bytes;

    /** How many may be used: none after the end. */
    int size;

    byte[] data;

    /** For each byte of the data, 1 if anything was ever written there. */
    byte[] written;

    Allocation(long base, int bytes) {
      this.base = base;
      this.bytes = bytes;
      size = bytes;
      data = new byte[bytes];
      written = new byte[bytes];
    }

    boolean isEnded() {
      return ended;
    }

    /** Lets nobody use it any more, and gives its bytes back. */
    void end() {
      ended = true;
      size = 0;
      data = NOTHING;
      written = NOTHING;
    }

    /** Whether these bytes lie inside and may be used. */
    boolean holds(long address, long count) {
      long offset = address - base;
      return offset >= 0 && offset <= size - count;
    }
  }

  private @Nullable Allocation[] slots = new Allocation[64];
  private final ArrayDeque<Integer> resting = new ArrayDeque<>();
  private int used = FIRST_SLOT;
  private long live;

  /**
   * Memory that nothing has written yet, aligned to far more than 256 bytes.
   *
   * @param bytes from 0 to 2^31 - 16
   */
  public synchronized long allocate(long bytes) {
    if (bytes < 0 || bytes > Integer.MAX_VALUE - 15) {
      throw new IllegalArgumentException("cannot allocate " + bytes + " bytes in one piece");
    }
    int slot = resting.size() > QUARANTINE ? resting.remove() : used++;
    if (slot >= slots.length) {
      slots = Arrays.copyOf(slots, 2 * slots.length);
    }
    var allocation = new Allocation((long) slot << SLOT_BITS, (int) bytes);
    slots[slot] = allocation;
    live += bytes;
    return allocation.base;
  }

  /** Ends an allocation; {@code address} is what {@link #allocate} returned. */
  public synchronized void free(long address) {
    Allocation allocation = at(address);
    if (allocation == null || allocation.base != address || allocation.isEnded()) {
      throw new IllegalArgumentException("free: " + describe(address, 0));
    }
    allocation.end();
    live -= allocation.bytes;
    resting.add((int) (address >>> SLOT_BITS));
  }

  /** How many bytes are allocated. */
  public synchronized long liveBytes() {
    return live;
  }

  /** Copies all of {@code from} to the device. */
  public void write(long address, MemorySegment from) {
    int count = count(from.byteSize());
    Allocation to = range("write", address, count);
    int offset = (int) (address - to.base);
    MemorySegment.copy(from, 0, MemorySegment.ofArray(to.data), offset, count);
    Arrays.fill(to.written, offset, offset + count, (byte) 1);
  }

  /** Copies from the device until {@code to} is full; bytes that nothing wrote are zero. */
  public void read(long address, MemorySegment to) {
    int count = count(to.byteSize());
    Allocation from = range("read", address, count);
    MemorySegment.copy(MemorySegment.ofArray(from.data), address - from.base, to, 0, count);
  }

  /** Sets bytes. */
  public void fill(long address, long bytes, byte value) {
    int count = count(bytes);
    Allocation to = range("fill", address, count);
    int offset = (int) (address - to.base);
    Arrays.fill(to.data, offset, offset + count, value);
    Arrays.fill(to.written, offset, offset + count, (byte) 1);
  }

  /** Copies on the device; what was never written there is never written here. */
  public void copy(long to, long from, long bytes) {
    int count = count(bytes);
    Allocation source = range("copy from", from, count);
    Allocation target = range("copy to", to, count);
    int sourceOffset = (int) (from - source.base);
    int targetOffset = (int) (to - target.base);
    System.arraycopy(source.data, sourceOffset, target.data, targetOffset, count);
    System.arraycopy(source.written, sourceOffset, target.written, targetOffset, count);
  }

  private static int count(long bytes) {
    if (bytes < 0 || bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("cannot move " + bytes + " bytes at once");
    }
    return (int) bytes;
  }

  private Allocation range(String what, long address, int count) {
    Allocation allocation = at(address);
    if (allocation == null || !allocation.holds(address, count)) {
      throw new IllegalArgumentException(what + ": " + describe(address, count));
    }
    return allocation;
  }

  /** The allocation, live or freed, whose addresses this is one of. */
  @Nullable Allocation at(long address) {
    @Nullable Allocation[] current = slots;
    long slot = address >>> SLOT_BITS;
    return slot < current.length ? current[(int) slot] : null;
  }

  /** What is wrong with {@code bytes} at an address. */
  String describe(long address, long bytes) {
    Allocation near = at(address);
    if (near == null) {
      return "no memory was allocated at 0x%x".formatted(address);
    }
    String freed = near.isEnded() ? ", freed" : "";
    return "%d bytes at 0x%x, offset %d of an allocation of %d bytes%s"
        .formatted(bytes, address, address - near.base, near.bytes, freed);
  }
}
