package dev.manabi.tensor.memory;

import java.lang.foreign.MemorySegment;

/** A block that lies on a device, out of reach of Java, and comes from that device's own pool. */
final class DeviceBlock extends Block {
  private static final int NO_CLASS = -1;

  private final DeviceMemory memory;
  private final long bytes;

  private DeviceBlock(DeviceMemory memory, long address, long bytes) {
    super(null, NO_CLASS, address);
    this.memory = memory;
    this.bytes = bytes;
    used = true;
  }

  /** Memory of the device; what is unreachable goes first if there is none left. */
  static Block take(DeviceMemory memory, long bytes) {
    Net.takeBack();
    Net.collectIfGrown();
    long address = memory.allocate(bytes);
    if (address == DeviceMemory.NONE) {
      Net.collectNow();
      address = memory.allocate(bytes);
    }
    if (address == DeviceMemory.NONE) {
      throw memory.outOfMemory(bytes);
    }
    return new DeviceBlock(memory, address, bytes);
  }

  @Override
  long bytes() {
    return bytes;
  }

  @Override
  MemorySegment segment(long size) {
    throw new IllegalStateException(
        "the memory of this tensor lies on a device, where Java cannot read it\n  fix: copy it with"
            + " .to(Device.CPU) first");
  }

  @Override
  void recycle() {
    used = false;
    memory.free(address, bytes);
  }
}
