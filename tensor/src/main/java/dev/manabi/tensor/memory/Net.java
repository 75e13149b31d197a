package dev.manabi.tensor.memory;

import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The net under storages that no region owns: their blocks come back once the garbage collector has
 * found them unreachable.
 *
 * <p>After every collection, of whatever cause, the next allocation asks all watches. That alone is
 * not enough: the collector sees only the small Java objects, not the native memory behind them,
 * and would wait for ages. So the net itself asks for a collection whenever the memory it watches
 * has grown by an allowance. The allowance adapts so that collections take about 2 % of the time,
 * or more where that would need much memory, and never lets the live memory grow beyond three
 * quarters of the budget.
 */
final class Net {
  private static final long MIN_ALLOWANCE = 64L << 20;
  private static final long MAX_ALLOWANCE = 2L << 30;
  private static final long WORK_PER_COLLECTION = 40;

  /**
   * An allowance from here on is doubled only for so much more gain: the operating system takes a
   * millisecond to give a megabyte, and what was used longer ago has left the caches.
   */
  private static final long LARGE_ALLOWANCE = 256L << 20;

  private static final int MIN_SWEEP = 4096;

  /** Storages up to so many bytes may share a watch. */
  private static final long SMALL = 1024;

  private static final int SMALL_PER_WATCH = 32;

  private static final System.Logger LOG = System.getLogger("dev.manabi");
  private static final AtomicLong WATCHED = new AtomicLong();
  private static final ReentrantLock COLLECTING = new ReentrantLock();

  // Guarded by the class's lock.
  private static @Nullable Watch[] watches = new Watch[MIN_SWEEP];
  private static int count;
  private static int nextSweep = MIN_SWEEP;

  /** The watch that takes this thread's next small storage; weak, so that it may end before. */
  private static final ThreadLocal<WeakReference<Watch.Token>> OPEN =
      ThreadLocal.withInitial(() -> new WeakReference<>(null));

  /** Loses its object in the first collection that comes. */
  private static volatile WeakReference<Object> sentinel = new WeakReference<>(new Object());

  // Guarded by COLLECTING, but for the reading of the threshold.
  private static volatile long threshold = MIN_ALLOWANCE;
  private static long allowance = MIN_ALLOWANCE;
  private static long lastEnd = System.nanoTime();
  private static boolean collectionWorks = true;
  private static volatile long collections;

  private Net() {}

  /** From now on {@code storage} is freed when it becomes unreachable. */
  static void watch(Storage storage, Block block) {
    watch(storage, block, begin(1));
  }

  /**
   * From now on {@code storage} is freed when it becomes unreachable; a small one together with
   * others that this thread makes at about the same time, so not for what is made to last.
   */
  static void watchWithOthers(Storage storage, Block block) {
    watch(storage, block, block.bytes() > SMALL ? begin(1) : open());
  }

  private static void watch(Storage storage, Block block, Watch.Token token) {
    token.watch.add(block);
    storage.setWatched(token);
    WATCHED.addAndGet(block.bytes());
  }

  /** The token of this thread's watch over small storages, which has room for another one. */
  private static Watch.Token open() {
    Watch.Token token = OPEN.get().get();
    if (token == null || token.watch.isFull()) {
      token = begin(SMALL_PER_WATCH);
      OPEN.set(new WeakReference<>(token));
    }
    return token;
  }

  private static Watch.Token begin(int room) {
    Watch.Token token = new Watch.Token(room);
    add(token.watch);
    return token;
  }

  private static synchronized void add(Watch watch) {
    if (count == nextSweep) {
      // Watches that were ended by hand leave holes: close them before asking for more room.
      sweep();
      nextSweep = Math.max(MIN_SWEEP, 2 * count);
      watches = Arrays.copyOf(watches, nextSweep);
    }
    watches[count++] = watch;
  }

  /** Ends a watch, because the storage was released or moved into a region. */
  static void unwatch(Block block) {
    Watch watch = block.watch;
    if (watch != null) {
      watch.remove(block);
      if (watch.isOver()) {
        watch.clear();
      }
      WATCHED.addAndGet(-block.bytes());
    }
  }

  /** Takes back what the last collection found unreachable. Almost always there was none. */
  static void takeBack() {
    if (sentinel.refersTo(null)) {
      synchronized (Net.class) {
        if (sentinel.refersTo(null)) {
          sentinel = new WeakReference<>(new Object());
          sweep();
        }
      }
      Owner.findAbandoned();
    }
  }

  private static synchronized void sweep() {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      Watch watch = watches[i];
      if (!watch.refersTo(null)) {
        watches[kept++] = watch;
      } else {
        takeBack(watch);
      }
    }
    Arrays.fill(watches, kept, count, null);
    count = kept;
  }

  private static void takeBack(Watch watch) {
    for (Block block : watch.blocks) {
      if (block != null) {
        watch.remove(block);
        WATCHED.addAndGet(-block.bytes());
        block.recycle();
      }
    }
  }

  /** Asks for a collection if memory has grown; called before memory is handed out. */
  static void collectIfGrown() {
    if (WATCHED.get() > threshold && COLLECTING.tryLock()) {
      try {
        if (WATCHED.get() > threshold && collectionWorks) {
          collect();
        }
      } finally {
        COLLECTING.unlock();
      }
    }
  }

  /** Asks for a collection because memory is needed. */
  static void collectNow() {
    COLLECTING.lock();
    try {
      collect();
    } finally {
      COLLECTING.unlock();
    }
  }

  private static void collect() {
    long start = System.nanoTime();
    WeakReference<Object> before = sentinel;
    System.gc();
    if (collectionWorks && !before.refersTo(null)) {
      collectionWorks = false;
      LOG.log(
          Level.WARNING,
          "System.gc() has no effect, so unreachable tensors are freed late; fix: run without"
              + " -XX:+DisableExplicitGC, or use Region");
    }
    takeBack();
    long end = System.nanoTime();
    adapt(start - lastEnd, end - start);
    lastEnd = end;
    collections++;
  }

  /**
   * Sets how much may be watched before the next collection, after {@code work} and {@code cost}.
   */
  private static void adapt(long work, long cost) {
    long times = Math.max(1, allowance / LARGE_ALLOWANCE);
    if (times * work < WORK_PER_COLLECTION * cost) {
      allowance = Math.min(2 * allowance, MAX_ALLOWANCE);
    } else if (work > 4 * WORK_PER_COLLECTION * cost) {
      allowance = Math.max(allowance / 2, MIN_ALLOWANCE);
    }
    long watched = WATCHED.get();
    long room = Budget.bytes() / 4 * 3 - Allocator.live();
    // Where little room is left, an allocation that does not fit will collect, and no other.
    long growth = room < MIN_ALLOWANCE / 4 ? MAX_ALLOWANCE : Math.min(allowance, room);
    threshold = watched + Math.max(growth, watched / 2);
  }

  /** Bytes of the storages under watch. */
  static long watched() {
    return WATCHED.get();
  }

  /** How often a collection was asked for. */
  static long collections() {
    return collections;
  }
}
