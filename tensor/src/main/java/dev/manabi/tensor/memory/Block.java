package dev.manabi.tensor.memory;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One piece of native memory, which storage after storage lives in. */
class Block {
  final @Nullable Chunk chunk;
  final int sizeClass;
  final long address;

  /** Notices when the storage in this block becomes unreachable; {@code null} if none need be. */
  @Nullable Watch watch;

  /** The place of this block among those of its watch. */
  int place;

  // Reports read these two from other threads, and may be a moment behind.

  /** Where the storage in this block was made, if that is being recorded. */
  @Nullable Trace trace;

  /** True while a storage lives here. */
  boolean used;

  Block(@Nullable Chunk chunk, int sizeClass, long address) {
    this.chunk = chunk;
    this.sizeClass = sizeClass;
    this.address = address;
  }

  long bytes() {
    return SizeClass.bytes(sizeClass);
  }

  /** The first {@code bytes} bytes of this block. */
  MemorySegment segment(long bytes) {
    MemorySegment memory = chunk().segment;
    return memory.asSlice(address - memory.address(), bytes);
  }

  /** The chunk that this was cut from. */
  Chunk chunk() {
    return Objects.requireNonNull(chunk);
  }

  /** Takes this back: its storage is gone. */
  void recycle() {
    Allocator.recycle(this);
  }
}
