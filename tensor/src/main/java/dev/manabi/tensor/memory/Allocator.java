package dev.manabi.tensor.memory;

import dev.manabi.tensor.error.OutOfMemoryBudgetException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Hands out blocks: from the pool, from the operating system, or after making room. */
final class Allocator {
  private static final int ATTEMPTS = 3;
  private static final int SITES_IN_MESSAGE = 3;

  private static final AtomicLong LIVE = new AtomicLong();
  private static final AtomicLong PEAK = new AtomicLong();
  private static final Object MAKING_ROOM = new Object();

  private static volatile boolean tracing = Boolean.getBoolean("manabi.memory.trace");

  private Allocator() {}

  /** A block of at least {@code bytes} bytes, for one storage. */
  static Block take(long bytes) {
    Net.takeBack();
    Net.collectIfGrown();
    if (bytes > SizeClass.MAX_BYTES) {
      throw outOfMemory(bytes, null);
    }
    int sizeClass = SizeClass.of(bytes);
    Block block = Pool.poll(sizeClass);
    if (block == null) {
      block = map(sizeClass);
    }
    block.used = true;
    if (tracing) {
      block.trace = Trace.here();
    }
    long live = LIVE.addAndGet(block.bytes());
    if (live > PEAK.get()) {
      PEAK.accumulateAndGet(live, Math::max);
    }
    return block;
  }

  /** Takes back a block whose storage is gone. */
  static void recycle(Block block) {
    block.used = false;
    block.trace = null;
    LIVE.addAndGet(-block.bytes());
    Pool.give(block);
  }

  private static Block map(int sizeClass) {
    try {
      long wanted = Pool.reserved() + Chunk.bytesFor(sizeClass);
      Block block = Pool.map(sizeClass, Budget.bytesFor(wanted));
      return block != null ? block : makeRoom(sizeClass);
    } catch (OutOfMemoryError e) {
      return mapAfterFailure(sizeClass);
    }
  }

  /** Frees what is unreachable and what lies unused, until the block fits into the budget. */
  private static Block makeRoom(int sizeClass) {
    long bytes = Chunk.bytesFor(sizeClass);
    // One thread at a time, or they would take from each other what they have freed.
    synchronized (MAKING_ROOM) {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        // The pool alone may do; a collection costs more than mapping memory again.
        if (attempt > 0 || Pool.reserved() - LIVE.get() < bytes) {
          Net.collectNow();
        }
        Block block = Pool.poll(sizeClass);
        if (block == null) {
          Pool.trim(Pool.reserved() + bytes - Budget.bytes());
          block = Pool.map(sizeClass, Budget.bytes());
        }
        if (block != null) {
          return block;
        }
      }
    }
    throw outOfMemory(SizeClass.bytes(sizeClass), null);
  }

  /** The operating system refused: gives it back everything unused and asks once more. */
  private static Block mapAfterFailure(int sizeClass) {
    Net.collectNow();
    Pool.trim(Long.MAX_VALUE);
    try {
      Block block = Pool.map(sizeClass, Long.MAX_VALUE);
      if (block != null) {
        return block;
      }
      throw outOfMemory(SizeClass.bytes(sizeClass), null);
    } catch (OutOfMemoryError e) {
      throw outOfMemory(SizeClass.bytes(sizeClass), e);
    }
  }

  private static OutOfMemoryBudgetException outOfMemory(
      long bytes, @Nullable OutOfMemoryError refused) {
    StringBuilder text = new StringBuilder("out of memory: ");
    text.append(Budget.text(bytes)).append(" needed, ").append(Budget.text(LIVE.get()));
    text.append(" live, budget ").append(Budget.text(Budget.bytes()));
    if (refused != null) {
      text.append("; the operating system gives no more");
    }
    text.append("\n  live outside regions ").append(Budget.text(Net.watched()));
    text.append(", inside regions ").append(Budget.text(LIVE.get() - Net.watched()));
    List<AllocationSite> sites = tracing ? Memory.leaks() : List.of();
    for (AllocationSite site : sites.subList(0, Math.min(SITES_IN_MESSAGE, sites.size()))) {
      text.append("\n  ").append(site);
    }
    text.append("\n  fix: use smaller batches, close regions earlier, or raise the budget with");
    text.append(" Memory.setBudget(bytes) or -D").append(Budget.PROPERTY).append("=8g");
    if (!tracing) {
      text.append("; -Dmanabi.memory.trace=true lists where the memory was made");
    }
    return new OutOfMemoryBudgetException(text.toString(), refused);
  }

  static void trace(boolean on) {
    tracing = on;
  }

  static long live() {
    return LIVE.get();
  }

  static long peak() {
    return PEAK.get();
  }

  static void resetPeak() {
    PEAK.set(LIVE.get());
  }

  static long count() {
    return Pool.taken();
  }
}
