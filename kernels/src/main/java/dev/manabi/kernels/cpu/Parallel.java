package dev.manabi.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread pool of the CPU kernels. A range is cut into chunks whose borders depend on the
 * range and the grain alone, never on the number of threads; whoever is free takes the next chunk.
 * So a kernel whose chunks write separate results gives the same bits for any number of threads.
 *
 * <p>The caller works too. Workers spin for a moment after their last chunk, because the next
 * kernel is usually microseconds away, and then park. A call from inside a chunk, or while another
 * thread has the pool, runs on the calling thread alone.
 */
public final class Parallel {
  /** The work on one chunk {@code [from, to)}. */
  @FunctionalInterface
  public interface Body {
    void run(long from, long to);
  }

  private static final int SPINS = 20_000;
  private static final AtomicBoolean BUSY = new AtomicBoolean();
  private static final List<Worker> WORKERS = new ArrayList<>();
  private static volatile @Nullable Job current;
  private static volatile int threads;

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
    threads = count;
    while (WORKERS.size() < count - 1) {
      Worker worker = new Worker(WORKERS.size());
      WORKERS.add(worker);
      Thread.ofPlatform().daemon().name("manabi-" + (worker.index + 1)).start(worker);
    }
  }

  /** Number of chunks of {@code grain} in {@code n}. */
  public static int chunks(long n, long grain) {
    return Math.toIntExact(Math.ceilDiv(n, grain));
  }

  /** Runs {@code body} on every chunk of {@code grain} in {@code [0, n)}, in any order. */
  public static void forRange(long n, long grain, Body body) {
    int team = threads;
    if (n <= grain || team == 1 || !BUSY.compareAndSet(false, true)) {
      for (long at = 0; at < n; at += grain) {
        body.run(at, Math.min(n, at + grain));
      }
      return;
    }
    Job job = new Job(n, grain, body);
    try {
      current = job;
      wake(team - 1);
      job.work();
      job.await();
    } finally {
      current = null;
      BUSY.set(false);
    }
    job.rethrow();
  }

  private static void wake(int helpers) {
    for (int i = 0; i < helpers; i++) {
      Worker worker = WORKERS.get(i);
      if (worker.parked) {
        LockSupport.unpark(worker.thread);
      }
    }
  }

  /** One call: which chunk comes next, and how many are still to be finished. */
  private static final class Job {
    private final long n;
    private final long grain;
    private final Body body;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong unfinished;
    private volatile @Nullable Throwable failure;

    Job(long n, long grain, Body body) {
      this.n = n;
      this.grain = grain;
      this.body = body;
      unfinished = new AtomicLong(Math.ceilDiv(n, grain));
    }

    void work() {
      long from;
      while ((from = next.getAndAdd(grain)) < n) {
        try {
          if (failure == null) {
            body.run(from, Math.min(n, from + grain));
          }
        } catch (Throwable t) {
          failure = t;
        }
        unfinished.decrementAndGet();
      }
    }

    /** Another process may have taken a worker's core: after a while, give up ours in turn. */
    void await() {
      for (int spins = 0; unfinished.get() > 0; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          Thread.yield();
        }
      }
    }

    void rethrow() {
      switch (failure) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable t -> throw new IllegalStateException(t);
      }
    }
  }

  /** A helper thread: works on the current job, spins for the next one, parks. */
  private static final class Worker implements Runnable {
    private final int index;
    private volatile @Nullable Thread thread;
    private volatile boolean parked;

    Worker(int index) {
      this.index = index;
    }

    @Override
    public void run() {
      thread = Thread.currentThread();
      Job last = null;
      int idle = 0;
      while (true) {
        Job job = current;
        if (job != null && job != last && index < threads - 1) {
          job.work();
          last = job;
          idle = 0;
        } else if (idle++ < SPINS) {
          Thread.onSpinWait();
        } else {
          last = null;
          park();
          idle = 0;
        }
      }
    }

    /** Looks once more after saying that it parks, so that no wake-up is lost. */
    private void park() {
      parked = true;
      if (current == null || index >= threads - 1) {
        LockSupport.park();
      }
      parked = false;
    }
  }
}
