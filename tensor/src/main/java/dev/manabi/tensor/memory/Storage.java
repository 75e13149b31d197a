package dev.manabi.tensor.memory;

import dev.manabi.tensor.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A block of memory that tensors look into. All views of a tensor share one storage. */
public final class Storage {
  private final MemorySegment segment;
  private final long bytes;
  private final Device device;
  private int version;
  private int graphVersion;

  private Storage(MemorySegment segment, long bytes, Device device) {
    this.segment = segment;
    this.bytes = bytes;
    this.device = device;
  }

  /** Memory for {@code bytes} bytes with arbitrary contents, 64-byte aligned. */
  public static Storage allocate(long bytes, Device device) {
    return new Storage(Arena.ofAuto().allocate(Math.max(64, bytes), 64), bytes, device);
  }

  public long bytes() {
    return bytes;
  }

  public Device device() {
    return device;
  }

  /** The memory itself, bounds-checked; for CPU storages. */
  public MemorySegment segment() {
    checkAlive();
    return segment;
  }

  /** Address of the first byte. */
  public long address() {
    checkAlive();
    return segment.address();
  }

  /** Throws if this storage was released. */
  public void checkAlive() {}

  /** How often this memory was written in place: saved values compare it before they are used. */
  public int version() {
    return version;
  }

  /** Notes a write in place. */
  public void bumpVersion() {
    version++;
  }

  /** How often a write in place was recorded in a gradient graph: views compare it. */
  public int graphVersion() {
    return graphVersion;
  }

  /** Notes a recorded write in place. */
  public void bumpGraphVersion() {
    graphVersion++;
  }
}
