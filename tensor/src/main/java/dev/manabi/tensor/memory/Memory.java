package dev.manabi.tensor.memory;

import java.util.List;

/**
 * The native memory under all tensors: what is in use, what lies ready for use again, and how much
 * may be taken in all.
 *
 * <p>Two system properties set it up: {@code manabi.memory.budget} (bytes, or {@code 512m}, {@code
 * 2g}; half of the machine's memory unless given) and {@code manabi.memory.trace=true} (as {@link
 * #trackAllocations}).
 */
public final class Memory {
  private Memory() {}

  /** Bytes of the blocks that storages live in. Unreachable storages count until found. */
  public static long liveBytes() {
    Net.takeBack();
    return Allocator.live();
  }

  /** The most that {@link #liveBytes} was since the start or the last {@link #resetPeak}. */
  public static long peakBytes() {
    return Allocator.peak();
  }

  /** Starts {@link #peakBytes} again from what is live now. */
  public static void resetPeak() {
    Allocator.resetPeak();
  }

  /** Bytes of the blocks that wait in the pool. */
  public static long pooledBytes() {
    Net.takeBack();
    return Math.max(0, Pool.reserved() - Allocator.live());
  }

  /** How many storages were ever made. */
  public static long allocationCount() {
    return Allocator.count();
  }

  /** How often a garbage collection was asked for because native memory had grown. */
  public static long collectionCount() {
    return Net.collections();
  }

  /** The most bytes, live and pooled together, that are taken from the operating system. */
  public static long budget() {
    return Budget.bytes();
  }

  /**
   * Sets the budget. What is live stays; allocating beyond it first frees what is unreachable, then
   * what lies in the pool, and then fails with {@link
   * dev.manabi.tensor.error.OutOfMemoryBudgetException}.
   *
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public static void setBudget(long bytes) {
    Budget.set(bytes);
  }

  /** Gives all pooled memory back to the operating system. */
  public static void trim() {
    Net.takeBack();
    Pool.trim(Long.MAX_VALUE);
  }

  /** Has the garbage collector look for unreachable storages now, and takes them back. */
  public static void collect() {
    Net.collectNow();
  }

  /** Records for every storage made from now on where it is made; costs some µs each. */
  public static void trackAllocations(boolean on) {
    Allocator.trace(on);
  }

  /** Every live storage, by the place where it was made, most bytes first. */
  public static List<AllocationSite> leaks() {
    Net.takeBack();
    return AllocationSite.of(Pool.blocks());
  }
}
