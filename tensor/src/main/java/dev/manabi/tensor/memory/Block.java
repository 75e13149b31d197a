package dev.manabi.tensor.memory;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** One piece of native memory, which storage after storage lives in. */
final class Block {
  final Chunk chunk;
  final int sizeClass;
  final MemorySegment segment;

  /** Notices when the storage in this block becomes unreachable; {@code null} if none need be. */
  @Nullable Watch watch;

  /** Where the storage in this block was made, if that is being recorded. */
  volatile @Nullable Trace trace;

  /** True while a storage lives here. */
  volatile boolean used;

  Block(Chunk chunk, int sizeClass, MemorySegment segment) {
    this.chunk = chunk;
    this.sizeClass = sizeClass;
    this.segment = segment;
  }

  long bytes() {
    return segment.byteSize();
  }
}
