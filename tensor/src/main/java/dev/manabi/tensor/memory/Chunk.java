package dev.manabi.tensor.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Memory taken from the operating system in one go, and given back in one go: one large block, or
 * many small ones of the same size.
 */
final class Chunk {
  /** Blocks up to here share a chunk. */
  private static final long SMALL = 8 << 10;

  private static final long SHARED_BYTES = 64 << 10;
  private static final long ALIGNMENT = 64;

  /** Bytes past a block's end that may be read, so that kernels load whole vectors at edges. */
  private static final long READABLE_BEYOND = 128;

  final long bytes;
  final Block[] blocks;
  final MemorySegment segment;
  private final Arena arena;

  private Chunk(Arena arena, int sizeClass) {
    this.arena = arena;
    this.bytes = bytesFor(sizeClass);
    segment = arena.allocate(bytes + READABLE_BEYOND, ALIGNMENT);
    long size = SizeClass.bytes(sizeClass);
    this.blocks = new Block[(int) (bytes / size)];
    Arrays.setAll(blocks, i -> new Block(this, sizeClass, segment.address() + i * size));
  }

  /** How large the chunk for one block of this class is. */
  static long bytesFor(int sizeClass) {
    long block = SizeClass.bytes(sizeClass);
    return block > SMALL ? block : SHARED_BYTES / block * block;
  }

  /**
   * Fresh memory.
   *
   * @throws OutOfMemoryError if the operating system has none
   */
  static Chunk map(int sizeClass) {
    // A shared arena, because any thread may use a tensor and any thread may trim the pool.
    Arena arena = Arena.ofShared();
    try {
      return new Chunk(arena, sizeClass);
    } catch (OutOfMemoryError e) {
      arena.close();
      throw e;
    }
  }

  /** Gives the memory back to the operating system; false if some call still holds on to it. */
  boolean unmap() {
    try {
      arena.close();
      return true;
    } catch (IllegalStateException inUse) {
      return false;
    }
  }
}
