package dev.manabi.tensor.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All blocks: those in use, and the free ones, by size class. */
final class Pool {
  private static final FreeList[] FREE = new FreeList[SizeClass.COUNT];
  private static final Set<Chunk> CHUNKS = ConcurrentHashMap.newKeySet();

  /** Bytes taken from the operating system. */
  private static final AtomicLong RESERVED = new AtomicLong();

  static {
    for (int i = 0; i < FREE.length; i++) {
      FREE[i] = new FreeList();
    }
  }

  private Pool() {}

  /** The free blocks of one size, last in first out: the last one is still in the cache. */
  private static final class FreeList {
    private @Nullable Block[] stack = new Block[0];
    private int size;

    /** How often a block of this size was taken. */
    private long taken;

    synchronized void push(Block block) {
      if (size == stack.length) {
        stack = Arrays.copyOf(stack, Math.max(4, 2 * size));
      }
      stack[size++] = block;
    }

    /** A block for a new storage. */
    synchronized @Nullable Block take() {
      taken += size > 0 ? 1 : 0;
      return last();
    }

    synchronized @Nullable Block pop() {
      return last();
    }

    private @Nullable Block last() {
      if (size == 0) {
        return null;
      }
      Block block = stack[--size];
      stack[size] = null;
      return block;
    }

    /** Counts a block that was taken without lying here before. */
    synchronized void countNew() {
      taken++;
    }

    synchronized long taken() {
      return taken;
    }
  }

  /** A free block of this class, if there is one. */
  static @Nullable Block poll(int sizeClass) {
    return FREE[sizeClass].take();
  }

  /** Takes back a block that no storage lives in. */
  static void give(Block block) {
    FREE[block.sizeClass].push(block);
  }

  /** A new block, or {@code null} if more than {@code budget} bytes would then be taken. */
  static @Nullable Block map(int sizeClass, long budget) {
    long bytes = Chunk.bytesFor(sizeClass);
    if (RESERVED.addAndGet(bytes) > budget) {
      RESERVED.addAndGet(-bytes);
      return null;
    }
    try {
      return cut(Chunk.map(sizeClass));
    } catch (OutOfMemoryError e) {
      RESERVED.addAndGet(-bytes);
      throw e;
    }
  }

  /** The first block of a new chunk; the others go into the pool. */
  private static Block cut(Chunk chunk) {
    CHUNKS.add(chunk);
    for (int i = 1; i < chunk.blocks.length; i++) {
      give(chunk.blocks[i]);
    }
    FREE[chunk.blocks[0].sizeClass].countNew();
    return chunk.blocks[0];
  }

  /** How many blocks were ever taken. */
  static long taken() {
    return Stream.of(FREE).mapToLong(FreeList::taken).sum();
  }

  /**
   * Gives unused chunks back to the operating system, large ones first, until {@code bytes} went.
   */
  static synchronized void trim(long bytes) {
    long left = bytes;
    for (int i = FREE.length - 1; i >= 0 && left > 0; i--) {
      left -= trimClass(FREE[i], left);
    }
  }

  private static long trimClass(FreeList list, long wanted) {
    Map<Chunk, List<Block>> found = new HashMap<>();
    long unused = 0;
    for (Block b = list.pop(); b != null; b = unused < wanted ? list.pop() : null) {
      List<Block> siblings = found.computeIfAbsent(b.chunk(), chunk -> new ArrayList<>());
      siblings.add(b);
      unused += siblings.size() == b.chunk().blocks.length ? b.chunk().bytes : 0;
    }
    long freed = 0;
    for (Map.Entry<Chunk, List<Block>> entry : found.entrySet()) {
      Chunk chunk = entry.getKey();
      List<Block> blocks = entry.getValue();
      if (blocks.size() == chunk.blocks.length && chunk.unmap()) {
        CHUNKS.remove(chunk);
        freed += chunk.bytes;
      } else {
        blocks.forEach(list::push);
      }
    }
    RESERVED.addAndGet(-freed);
    return freed;
  }

  static long reserved() {
    return RESERVED.get();
  }

  /** Every block, in use or free. */
  static List<Block> blocks() {
    return CHUNKS.stream().flatMap(chunk -> Stream.of(chunk.blocks)).toList();
  }
}
