package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandle;

/** A one-dimensional transform of many parallel lines of vectors. */
interface LineTransform {
  /**
   * Transforms {@code lines} lines of {@code vectors} vectors side by side.
   *
   * @param from address of the first line's first vector
   * @param step from vector to vector, in bytes
   * @param next from line to line
   */
  void run(
      long from, long step, long next, long to, long toStep, long toNext, int lines, int vectors);

  /** {@link #run}, compiled apart from its callers; see {@link KernelTemplate#entry}. */
  default void call(
      long from, long step, long next, long to, long toStep, long toNext, int lines, int vectors) {
    try {
      Entry.run.invokeExact(this, from, step, next, to, toStep, toNext, lines, vectors);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("kernels throw nothing checked", e);
    }
  }

  /** The handle, which must not be final. */
  final class Entry {
    private static MethodHandle run = KernelTemplate.entry(LineTransform.class, "run");

    private Entry() {}
  }
}
