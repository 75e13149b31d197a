package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.CudaEvent;
import dev.manabi.kernels.cuda.driver.CudaException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which of two ways to compute the same is taken, for each problem: the first time it comes up both
 * are timed on the device, and the faster one is taken from then on, as long as the process lives.
 * What was measured is not kept on disk: it costs a few runs, and would be wrong with the next
 * version of the driver, a library or our own kernels. Where both are about as fast, another
 * process may so choose otherwise, and get other roundings; {@code hand} and {@code library} do
 * not.
 */
final class Choice {
  /** Who may compute what a library can do. */
  enum Prefer {
    /** Never a library. */
    HAND,
    /** A library wherever it can. */
    LIBRARY,
    /** Who is measured to be faster. */
    AUTO;

    /**
     * The one with this name in small letters.
     *
     * @throws CudaException if there is none
     */
    static Prefer named(String property, String name) {
      return switch (name) {
        case "hand" -> HAND;
        case "library" -> LIBRARY;
        case "auto" -> AUTO;
        case String other ->
            throw new CudaException(property + ": expected hand, library or auto, found " + other);
      };
    }
  }

  /** Rounds of which the fastest counts: whatever disturbs a round makes it longer. */
  private static final int ROUNDS = 3;

  private static final int RUNS_PER_ROUND = 3;

  private final CudaContext context;
  private final Prefer prefer;
  private final ConcurrentHashMap<Object, Boolean> libraryIsTaken = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Object, String> refused = new ConcurrentHashMap<>();
  private final List<String> unused = new CopyOnWriteArrayList<>();
  private final AtomicLong libraryRuns = new AtomicLong();
  private volatile boolean capturing;

  Choice(CudaContext context, Prefer prefer) {
    this.context = context;
    this.prefer = prefer;
  }

  Prefer prefer() {
    return prefer;
  }

  /** While work is only noted down it cannot be timed, and a choice made then is not kept. */
  void capturing(boolean on) {
    capturing = on;
  }

  /**
   * Runs one of two ways to compute the same, each of which writes all of its output.
   *
   * @param problem what both depend on in speed
   * @param library may throw {@link CudaException} if it cannot do this after all
   */
  void run(Object problem, Runnable hand, Runnable library) {
    Boolean known = libraryIsTaken.get(problem);
    if (known != null) {
      take(known, hand, library);
      return;
    }
    switch (prefer) {
      case HAND -> hand.run();
      case LIBRARY -> {
        boolean can = does(problem, library);
        if (can) {
          libraryRuns.incrementAndGet();
        } else {
          hand.run();
        }
        if (!capturing) {
          libraryIsTaken.put(problem, can);
        }
      }
      case AUTO -> {
        if (capturing) {
          // What needs nothing to be loaded.
          hand.run();
          return;
        }
        boolean taken = does(problem, library) && isFaster(hand, library);
        libraryIsTaken.put(problem, taken);
        take(taken, hand, library);
      }
    }
  }

  private void take(boolean byLibrary, Runnable hand, Runnable library) {
    if (byLibrary) {
      library.run();
      libraryRuns.incrementAndGet();
    } else {
      hand.run();
    }
  }

  /** How often a library has computed something; measuring does not count. */
  long libraryRuns() {
    return libraryRuns.get();
  }

  /** Runs {@code library}, which looks at a problem before it asks the device for anything. */
  private boolean does(Object problem, Runnable library) {
    try {
      library.run();
      return true;
    } catch (CudaException notSupported) {
      refused.put(problem, firstLine(notSupported));
      return false;
    }
  }

  private static String firstLine(CudaException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /**
   * A library made ready for this device; {@code null} if it cannot be, because it is for a newer
   * driver, say. All is then done by hand, and {@link #describe} tells why.
   */
  <L> @Nullable L ready(String name, Supplier<L> library) {
    try {
      return library.get();
    } catch (CudaException notHere) {
      unused.add(name + " is not used: " + firstLine(notHere));
      return null;
    }
  }

  /**
   * Which libraries are not {@link #ready}, how many problems each way computes, and what libraries
   * said to those that they refused; nothing if there was no choice.
   */
  List<String> describe() {
    List<String> lines = new ArrayList<>(unused);
    if (libraryIsTaken.isEmpty() && refused.isEmpty()) {
      return lines;
    }
    long taken = libraryIsTaken.values().stream().filter(library -> library).count();
    lines.add(
        "%d problems are computed by libraries, %d by hand, of which libraries refused %d"
            .formatted(taken, libraryIsTaken.size() - taken, refused.size()));
    refused.values().stream()
        .collect(Collectors.groupingBy(message -> message, TreeMap::new, Collectors.counting()))
        .forEach((message, count) -> lines.add("  %d: %s".formatted(count, message)));
    return lines;
  }

  private boolean isFaster(Runnable hand, Runnable library) {
    // The first run of either loads code; the library's has been.
    hand.run();
    double ofHand = Double.MAX_VALUE;
    double ofLibrary = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      ofHand = Math.min(ofHand, milliseconds(hand));
      ofLibrary = Math.min(ofLibrary, milliseconds(library));
    }
    return ofLibrary < ofHand;
  }

  private double milliseconds(Runnable work) {
    try (CudaEvent start = context.event()) {
      for (int i = 0; i < RUNS_PER_ROUND; i++) {
        work.run();
      }
      try (CudaEvent end = context.event()) {
        return end.since(start);
      }
    }
  }
}
