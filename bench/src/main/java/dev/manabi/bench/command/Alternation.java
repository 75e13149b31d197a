package dev.manabi.bench.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Times several ways to do the same work, in turn: a block of steps of one, then of the next, and
 * round again, so that whatever else the machine does falls on all of them alike.
 *
 * <p>Between blocks is a pause, because the threads of either engine spin for a moment after their
 * last work, on the cores that the other needs. Where a block has several steps the first, which
 * finds the caches and the memory of another engine, is not counted.
 */
final class Alternation {
  private static final long PAUSE_MILLIS = 20;
  private static final double BLOCK_SECONDS = 0.25;
  private static final int LONGEST_BLOCK = 50;
  private static final int WARM_UP_STEPS = 3;

  /** Windows of the shortest warm-up, whose mean times are compared. */
  private static final int WINDOWS = 4;

  /** A window whose mean is above this share of the best before is no faster. */
  private static final double NO_FASTER = 0.97;

  /** So many windows in a row that are no faster end the warm-up. */
  private static final int STILL_WINDOWS = 4;

  /** The longest warm-up, as a multiple of the shortest. */
  private static final double LONGEST_WARM_UP = 4;

  /** How many steps of each contender are counted, unless it is said: by the time they take. */
  private static final int FEWEST_STEPS = 20;

  private static final int MOST_STEPS = 300;
  private static final double SECONDS = 5;

  /** A training that has learnt its few batches by heart computes with denormal gradients. */
  private static final int STEPS_OF_A_TRAINING = 300;

  private final List<Contender> contenders;
  private final @Nullable Integer steps;
  private final double warmUpSeconds;

  /** One way to do the work. */
  interface Contender {
    /** Begins anew. */
    void restart();

    /** Does the work once. */
    void step();
  }

  /** A contender of these two. */
  static Contender contender(Runnable restart, Runnable step) {
    return new Contender() {
      @Override
      public void restart() {
        restart.run();
      }

      @Override
      public void step() {
        step.run();
      }
    };
  }

  /**
   * @param steps of each contender that are counted; {@code null} to choose by their time
   * @param warmUpSeconds that each contender runs at least before anything is timed; it runs on
   *     until it gets no faster
   */
  Alternation(List<Contender> contenders, @Nullable Integer steps, double warmUpSeconds) {
    this.contenders = List.copyOf(contenders);
    this.steps = steps;
    this.warmUpSeconds = warmUpSeconds;
  }

  /** The seconds of every counted step, for each contender. */
  List<double[]> run() {
    double slowest = 0;
    for (Contender contender : contenders) {
      slowest = Math.max(slowest, warmUp(contender));
    }
    int block = (int) Math.clamp(BLOCK_SECONDS / slowest, 1, LONGEST_BLOCK);
    int wanted =
        steps == null ? (int) Math.clamp(SECONDS / slowest, FEWEST_STEPS, MOST_STEPS) : steps;
    List<double[]> times = new ArrayList<>();
    contenders.forEach(contender -> times.add(new double[wanted]));
    int sinceRestart = 0;
    for (int done = 0; done < wanted; done += block) {
      int counted = Math.min(block, wanted - done);
      boolean restart = sinceRestart == 0;
      for (int i = 0; i < contenders.size(); i++) {
        runBlock(contenders.get(i), restart, block > 1, times.get(i), done, counted);
      }
      sinceRestart += block + 1;
      sinceRestart = sinceRestart > STEPS_OF_A_TRAINING ? 0 : sinceRestart;
    }
    return times;
  }

  /**
   * Runs a contender until it gets no faster: a JIT may take half a minute over many kernels.
   * Returns the time of a step then, in seconds.
   */
  private double warmUp(Contender contender) {
    long start = System.nanoTime();
    double best = Double.POSITIVE_INFINITY;
    int steps = 0;
    for (int still = 0;
        steps < WARM_UP_STEPS
            || since(start) < warmUpSeconds
            || (still < STILL_WINDOWS && since(start) < LONGEST_WARM_UP * warmUpSeconds); ) {
      long window = System.nanoTime();
      int before = steps;
      do {
        if (steps++ % STEPS_OF_A_TRAINING == 0) {
          contender.restart();
        }
        contender.step();
      } while (since(window) < warmUpSeconds / WINDOWS);
      double seconds = since(window) / (steps - before);
      still = seconds < NO_FASTER * best ? 0 : still + 1;
      best = Math.min(best, seconds);
    }
    return best;
  }

  private static void runBlock(
      Contender contender, boolean restart, boolean leadIn, double[] times, int at, int counted) {
    pause();
    if (restart) {
      contender.restart();
    }
    if (restart || leadIn) {
      contender.step();
    }
    for (int i = 0; i < counted; i++) {
      times[at + i] = time(contender);
    }
  }

  private static double time(Contender contender) {
    long start = System.nanoTime();
    contender.step();
    return since(start);
  }

  private static double since(long start) {
    return 1e-9 * (System.nanoTime() - start);
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("bench: interrupted", e);
    }
  }

  /** The middle of all times, or the mean of the two in the middle. */
  static double median(double[] times) {
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
