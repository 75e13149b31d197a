package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelTest {
  private final int before = Parallel.threads();

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void everyElementIsVisitedOnce(int threads) {
    Parallel.setThreads(threads);
    for (int n : new int[] {0, 1, 9, 10, 11, 1000, 12345}) {
      AtomicIntegerArray visits = new AtomicIntegerArray(n);
      Parallel.forRange(
          n,
          10,
          (from, to) -> {
            for (long i = from; i < to; i++) {
              visits.incrementAndGet((int) i);
            }
          });
      for (int i = 0; i < n; i++) {
        assertEquals(1, visits.get(i), "element " + i + " of " + n);
      }
    }
  }

  @Test
  void chunksDoNotDependOnTheNumberOfThreads() {
    List<Long> expected = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3}) {
      Parallel.setThreads(threads);
      List<Long> borders = Collections.synchronizedList(new ArrayList<>());
      Parallel.forRange(1003, 100, (from, to) -> borders.add(from * 10_000 + to));
      List<Long> sorted = borders.stream().sorted().toList();
      if (threads == 1) {
        expected.addAll(sorted);
      }
      assertEquals(expected, sorted);
    }
  }

  @Test
  void nestedCallsRunInPlace() {
    Parallel.setThreads(2);
    AtomicLong sum = new AtomicLong();
    Parallel.forRange(8, 1, (a, b) -> Parallel.forRange(8, 1, (c, d) -> sum.addAndGet(a * 8 + c)));
    assertEquals(63 * 64 / 2, sum.get());
  }

  @Test
  void failuresReachTheCallerAndThePoolGoesOn() {
    Parallel.setThreads(2);
    for (int round = 0; round < 50; round++) {
      var e =
          assertThrows(
              ArithmeticException.class,
              () ->
                  Parallel.forRange(
                      100,
                      1,
                      (from, to) -> {
                        if (from == 57) {
                          throw new ArithmeticException("chunk 57");
                        }
                      }));
      assertEquals("chunk 57", e.getMessage());
    }
    AtomicLong count = new AtomicLong();
    Parallel.forRange(100, 1, (from, to) -> count.incrementAndGet());
    assertEquals(100, count.get());
  }

  @Test
  void callersOnSeveralThreadsDoNotDisturbEachOther() throws InterruptedException {
    Parallel.setThreads(3);
    long[] sums = new long[4];
    List<Thread> callers = new ArrayList<>();
    for (int c = 0; c < sums.length; c++) {
      int caller = c;
      callers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int round = 0; round < 500; round++) {
                      AtomicLong sum = new AtomicLong();
                      Parallel.forRange(64, 1, (from, to) -> sum.addAndGet(from));
                      sums[caller] += sum.get();
                    }
                  }));
    }
    for (Thread t : callers) {
      t.join();
    }
    long each = 500L * (63 * 64 / 2);
    assertArrayEquals(new long[] {each, each, each, each}, sums);
  }

  @Test
  void workersTakePart() {
    Parallel.setThreads(2);
    List<String> names = Collections.synchronizedList(new ArrayList<>());
    for (int round = 0; round < 2000 && names.stream().distinct().count() < 2; round++) {
      Parallel.forRange(
          4,
          1,
          (from, to) -> {
            names.add(Thread.currentThread().getName());
            for (int i = 0; i < 1000; i++) {
              Thread.onSpinWait();
            }
          });
    }
    assertTrue(names.stream().anyMatch(n -> n.startsWith("manabi-")), names.toString());
  }

  /** The worker holds one chunk until all others are done, as if its processor were taken away. */
  @Test
  void theCallerDoesWhatAStalledWorkerLeaves() {
    Parallel.setThreads(2);
    int chunks = 50;
    for (int round = 0; round < 200; round++) {
      Thread caller = Thread.currentThread();
      AtomicLong done = new AtomicLong();
      Parallel.forRange(
          chunks,
          1,
          (from, to) -> {
            while (Thread.currentThread() != caller && done.get() < chunks - 1) {
              Thread.onSpinWait();
            }
            done.incrementAndGet();
          });
      assertEquals(chunks, done.get());
    }
  }

  @Test
  void theCallerGivesItsProcessorUpWhileAWorkerStalls() {
    Parallel.setThreads(2);
    Thread caller = Thread.currentThread();
    AtomicLong parked = new AtomicLong();
    for (int round = 0; round < 2000 && parked.get() == 0; round++) {
      Parallel.forRange(
          2,
          1,
          (from, to) -> {
            if (Thread.currentThread() == caller) {
              // Time for the worker to begin the other chunk.
              LockSupport.parkNanos(100_000);
              return;
            }
            while (caller.getState() != Thread.State.WAITING) {
              Thread.onSpinWait();
            }
            parked.incrementAndGet();
          });
    }
    assertTrue(parked.get() > 0);
  }

  @Test
  void idleWorkersUseNoProcessor() throws InterruptedException {
    Parallel.setThreads(3);
    Parallel.forRange(100, 1, (from, to) -> Thread.onSpinWait());
    Thread.sleep(100);
    long before = workersCpuNanos();
    Thread.sleep(1000);
    assertTrue(workersCpuNanos() - before < 50_000_000, "workers spin while there is no work");
  }

  private static long workersCpuNanos() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long nanos = 0;
    for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (info != null && info.getThreadName().startsWith("manabi-")) {
        nanos += Math.max(0, threads.getThreadCpuTime(info.getThreadId()));
      }
    }
    return nanos;
  }

  @Test
  void aCallMakesNoObjects() {
    Parallel.setThreads(2);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Parallel.Body nothing = (from, to) -> {};
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      Parallel.forRange(8, 1, nothing);
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(bytes < 10_000, "10,000 calls made " + bytes + " bytes of objects");
  }
}
