package dev.manabi.kernels.cpu;

/**
 * Gets a new kernel compiled before its first real work. Until the JIT is through with a kernel,
 * each of its vectors is an object, and it runs a hundred times slower; a first pass over a whole
 * tensor in that state takes seconds. A few thousand calls on a few numbers take a tenth of one,
 * and spare the JIT the compilation of all that makes those objects.
 */
final class Rehearsal {
  /** A call of a compiled kernel takes less. */
  private static final long FAST_NANOS = 2_000;

  /** So many fast calls in a row are no accident. */
  private static final int FAST_CALLS = 16;

  /** Calls without work for each with work. */
  private static final int EMPTY_CALLS = 4;

  /** When to give up. */
  private static final long MOST_NANOS = 3_000_000_000L;

  /** For every class of kernel its rehearsal. */
  private static final ClassValue<Rehearsal> OF_CLASS =
      new ClassValue<>() {
        @Override
        protected Rehearsal computeValue(Class<?> kernel) {
          return new Rehearsal();
        }
      };

  /** False once a kernel did not become fast: then there is no such JIT, or no time for it. */
  private static volatile boolean pays = true;

  private volatile boolean done;

  private Rehearsal() {}

  /** Whether kernels of this class have not been rehearsed. */
  static boolean isDue(Class<?> kernel) {
    return pays && !OF_CLASS.get(kernel).done;
  }

  /** Rehearses the kernels of a class, once; other threads that want them wait. */
  static void of(Class<?> kernel, Runnable call) {
    Rehearsal rehearsal = OF_CLASS.get(kernel);
    synchronized (rehearsal) {
      if (!rehearsal.done) {
        of(call);
        rehearsal.done = true;
      }
    }
  }

  /**
   * Makes {@code call}, which must do next to nothing, until it is fast.
   *
   * <p>C2 leaves out what was never run, and throws the kernel away when that is wanted after all.
   * So {@code call} takes every branch, turns every loop twice, and is not made while a class that
   * the kernel uses is still being initialized.
   *
   * @param call the kernel on a few numbers
   */
  static void of(Runnable call) {
    of(call, () -> {});
  }

  /**
   * The same for a kernel that returns at once when there is no work.
   *
   * @param empty such a call. The JIT counts it like any other, but it costs nothing, while 5000
   *     calls with work take half a second before they are compiled
   */
  static void of(Runnable call, Runnable empty) {
    if (!pays) {
      return;
    }
    long start = System.nanoTime();
    for (int fast = 0; fast < FAST_CALLS; ) {
      for (int i = 0; i < EMPTY_CALLS; i++) {
        empty.run();
      }
      long before = System.nanoTime();
      call.run();
      long now = System.nanoTime();
      fast = now - before < FAST_NANOS ? fast + 1 : 0;
      if (now - start > MOST_NANOS) {
        pays = false;
        return;
      }
    }
  }
}
