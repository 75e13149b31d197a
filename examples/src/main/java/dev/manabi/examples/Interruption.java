package dev.manabi.examples;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C (SIGINT) and SIGTERM into a request that the program answers where it can: between
 * two steps. The JVM ends when this is closed, or after a minute.
 */
final class Interruption implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::request, "manabi-interruption");
  private volatile boolean requested;

  private Interruption() {}

  /** Listens until closed. */
  static Interruption listen() {
    var interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** Whether the program was asked to end. */
  boolean isRequested() {
    return requested;
  }

  /** Runs when the JVM is told to end; while it waits, the other threads go on. */
  private void request() {
    requested = true;
    try {
      if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.printf("manabi: no step ended within %d s; giving up%n", PATIENCE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets the JVM end, if it was told to. */
  @Override
  public void close() {
    finished.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM was told to end in this very moment: the hook sees that all is finished.
        requested = true;
      }
    }
  }
}
