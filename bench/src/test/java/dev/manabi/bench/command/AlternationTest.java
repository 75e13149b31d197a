package dev.manabi.bench.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.bench.command.Alternation.Contender;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlternationTest {
  private final List<String> calls = new ArrayList<>();

  private Contender contender(String name, int millis) {
    return new Contender() {
      @Override
      public void restart() {
        calls.add(name + " restarts");
      }

      @Override
      public void step() {
        calls.add(name);
        long end = System.nanoTime() + 1_000_000L * millis;
        while (System.nanoTime() < end) {
          Thread.onSpinWait();
        }
      }
    };
  }

  @Test
  void longStepsAlternateOneByOne() {
    List<double[]> times =
        new Alternation(List.of(contender("a", 130), contender("b", 0)), 2, 0).run();
    assertEquals(2, times.size());
    assertEquals(2, times.getFirst().length);
    // The three steps of each that warm up, and then, after its restart, one that is not counted.
    List<String> timed = calls.subList(8, calls.size());
    assertEquals(List.of("a restarts", "a", "a", "b restarts", "b", "b", "a", "b"), timed);
    assertTrue(Alternation.median(times.getFirst()) >= 0.13);
  }

  @Test
  void shortStepsComeInBlocksWhoseFirstIsNotCounted() {
    new Alternation(List.of(contender("a", 0), contender("b", 0)), 60, 0).run();
    List<String> steps = calls.stream().filter(call -> !call.endsWith("restarts")).toList();
    // Warm-up, a block of 50, one of 10.
    assertEquals(2 * (3 + 51 + 11), steps.size());
    assertEquals(1, calls.subList(8, calls.size()).stream().filter("a restarts"::equals).count());
  }

  @Test
  void aLongRunBeginsAnewNowAndThen() {
    new Alternation(List.of(contender("a", 0)), 700, 0).run();
    assertEquals(1 + 3, calls.stream().filter("a restarts"::equals).count());
  }

  @Test
  void theMedianIsInTheMiddle() {
    assertEquals(2, Alternation.median(new double[] {9, 1, 2}));
    assertEquals(3, Alternation.median(new double[] {9, 1, 2, 4}));
  }
}
