package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
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
}
