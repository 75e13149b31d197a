package dev.manabi.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread pool of the CPU kernels. A range is cut into chunks whose borders depend on the
 * range and the grain alone, never on the number of threads; whoever is free takes the next chunk.
 * So a kernel whose chunks write separate results gives the same bits for any number of threads.
 * The caller takes the first chunks and workers the last ones, so that of data that several kernels
 * go through in the same order, each thread mostly finds its own in its core's cache.
 *
 * <p>The caller works too, and does every chunk that no worker has begun. Workers spin for a moment
 * after their last chunk, because the next kernel is usually microseconds away, and then park. A
 * call from inside a chunk, or while another thread has the pool, runs on the calling thread alone.
 *
 * <p>The operating system may take a worker off its processor in the middle of a chunk. Then the
 * caller parks too, for a processor that becomes idle is given to whoever waits for one.
 */
public final class Parallel {
  /** The work on one chunk {@code [from, to)}. */
  @FunctionalInterface
  public interface Body {
    void run(long from, long to);
  }

  /** How long a worker spins for the next call. */
  private static final long IDLE_NANOS = 200_000;

  /** How long of that it leaves its processor to nobody else. */
  private static final long BUSY_NANOS = 10_000;

  /** How long the caller spins for chunks that others have begun. */
  private static final long WAIT_NANOS = 20_000;

  /** Turns of spinning between two looks at the clock. */
  private static final int TURNS = 16;

  /** Counters, each in a cache line of its own, as all threads write to them. */
  private static final AtomicLongArray COUNTERS = new AtomicLongArray(48);

  /** The chunks that nobody has begun: the first of them in the high half, the end in the low. */
  private static final int UNCLAIMED = 16;

  /** Chunks that are not finished. */
  private static final int UNFINISHED = 32;

  private static final AtomicBoolean BUSY = new AtomicBoolean();
  private static final List<Worker> WORKERS = new ArrayList<>();
  private static volatile Worker[] helpers = new Worker[0];
  private static volatile int threads;

  // The call: written while nothing is unclaimed, read by those who have claimed a chunk.
  private static long n;
  private static long grain;
  private static @Nullable Body body;
  private static volatile @Nullable Throwable failure;

  /** The caller, while it is parked or about to be. */
  private static volatile @Nullable Thread waiting;

  static {
    setThreads(Integer.getInteger("manabi.threads", Runtime.getRuntime().availableProcessors()));
  }

  private Parallel() {}

  /** Number of threads that work together, the caller included. */
  public static int threads() {
    return threads;
  }

  /**
   * Sets the number of threads, the caller included; the system property {@code manabi.threads}
   * sets it at the start, and else it is the number of processors.
   */
  public static synchronized void setThreads(int count) {
    if (count < 1 || count > 1024) {
      throw new IllegalArgumentException("threads: expected 1 .. 1024, found " + count);
    }
    while (WORKERS.size() < count - 1) {
      Worker worker = new Worker(WORKERS.size());
      WORKERS.add(worker);
      Thread.ofPlatform().daemon().name("manabi-" + (worker.index + 1)).start(worker);
    }
    helpers = WORKERS.subList(0, count - 1).toArray(new Worker[0]);
    threads = count;
  }

  /** Number of chunks of {@code grain} in {@code n}. */
  public static int chunks(long n, long grain) {
    return Math.toIntExact(Math.ceilDiv(n, grain));
  }

  /** Runs {@code body} on every chunk of {@code grain} in {@code [0, n)}, in any order. */
  public static void forRange(long n, long grain, Body body) {
    if (n <= grain || threads == 1 || !BUSY.compareAndSet(false, true)) {
      for (long at = 0; at < n; at += grain) {
        body.run(at, Math.min(n, at + grain));
      }
      return;
    }
    Throwable thrown;
    try {
      begin(n, grain, body);
      work(true);
      await();
    } finally {
      thrown = failure;
      Parallel.body = null;
      failure = null;
      BUSY.set(false);
    }
    rethrow(thrown);
  }

  private static void begin(long range, long size, Body work) {
    int count = chunks(range, size);
    n = range;
    grain = size;
    body = work;
    COUNTERS.set(UNFINISHED, count);
    COUNTERS.set(UNCLAIMED, count);
    Worker[] team = helpers;
    for (int i = 0; i < team.length && i < count - 1; i++) {
      team[i].wake();
    }
  }

  private static boolean isWork() {
    return isWork(COUNTERS.get(UNCLAIMED));
  }

  private static boolean isWork(long unclaimed) {
    return front(unclaimed) < end(unclaimed);
  }

  private static int front(long unclaimed) {
    return (int) (unclaimed >>> Integer.SIZE);
  }

  private static int end(long unclaimed) {
    return (int) unclaimed;
  }

  /**
   * Runs chunks while there are any that nobody has begun; false if there was none.
   *
   * @param first whether to take the first of them, not the last
   */
  private static boolean work(boolean first) {
    boolean worked = false;
    for (long seen = COUNTERS.get(UNCLAIMED); isWork(seen); seen = COUNTERS.get(UNCLAIMED)) {
      if (COUNTERS.compareAndSet(UNCLAIMED, seen, first ? seen + (1L << Integer.SIZE) : seen - 1)) {
        chunk(first ? front(seen) : end(seen) - 1);
        worked = true;
      }
    }
    return worked;
  }

  private static void chunk(long index) {
    try {
      Body work = body;
      if (failure == null && work != null) {
        long from = index * grain;
        work.run(from, Math.min(n, from + grain));
      }
    } catch (Throwable t) {
      failure = t;
    }
    if (COUNTERS.decrementAndGet(UNFINISHED) == 0) {
      Thread caller = waiting;
      if (caller != null) {
        LockSupport.unpark(caller);
      }
    }
  }

  /** Waits for the chunks that workers have begun. */
  private static void await() {
    for (long until = 0; COUNTERS.get(UNFINISHED) != 0; ) {
      until = until == 0 ? System.nanoTime() + WAIT_NANOS : until;
      for (int i = 0; i < TURNS && COUNTERS.get(UNFINISHED) != 0; i++) {
        Thread.onSpinWait();
      }
      if (System.nanoTime() - until > 0) {
        waiting = Thread.currentThread();
        while (COUNTERS.get(UNFINISHED) != 0) {
          LockSupport.park(Parallel.class);
        }
        waiting = null;
      }
    }
  }

  private static void rethrow(@Nullable Throwable thrown) {
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable t -> throw new IllegalStateException(t);
    }
  }

  /** A helper thread: works on the current call, spins for the next one, parks. */
  private static final class Worker implements Runnable {
    private final int index;
    private volatile @Nullable Thread thread;
    private volatile boolean parked;

    Worker(int index) {
      this.index = index;
    }

    private boolean isHelper() {
      return index < threads - 1;
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void run() {
      thread = Thread.currentThread();
      long since = System.nanoTime();
      while (true) {
        long idle = System.nanoTime() - since;
        if (isHelper() && work(false)) {
          since = System.nanoTime();
        } else if (idle < IDLE_NANOS) {
          if (idle > BUSY_NANOS) {
            // The caller itself may be waiting for this processor.
            Thread.yield();
          }
          for (int i = 0; i < TURNS && !isWork(); i++) {
            Thread.onSpinWait();
          }
        } else {
          park();
          since = System.nanoTime();
        }
      }
    }

    /** Looks once more after saying that it parks, so that no wake-up is lost. */
    private void park() {
      parked = true;
      if (!isWork() || !isHelper()) {
        LockSupport.park(Parallel.class);
      }
      parked = false;
    }
  }
}
