package dev.manabi.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/** A one-dimensional transform of many parallel lines, a vector of lines at a time. */
interface LineTransform {
  /** The transform of one vector of lines, whose numbers lie {@code step} bytes apart. */
  @FunctionalInterface
  interface Line {
    void transform(long from, long step, long to, long toStep);
  }

  /** Applies {@code line} to many vectors. */
  static LineTransform of(Line line) {
    return KernelTemplate.copy(LineTransform.class, LineLoop.class, line);
  }

  /** Applies both lines to the same numbers, for a transform too long for the JIT in one piece. */
  static LineTransform both(Line first, Line second) {
    return new Two(of(first), of(second));
  }

  /** One transform after another. */
  record Two(LineTransform first, LineTransform second) implements LineTransform {
    @Override
    public void run(
        long from,
        long step,
        long fromJump,
        long to,
        long toStep,
        long toJump,
        int count,
        int vectors) {
      call(from, step, fromJump, to, toStep, toJump, count, vectors);
    }

    @Override
    public void call(
        long from,
        long step,
        long fromJump,
        long to,
        long toStep,
        long toJump,
        int count,
        int vectors) {
      first.call(from, step, fromJump, to, toStep, toJump, count, vectors);
      second.call(from, step, fromJump, to, toStep, toJump, count, vectors);
    }
  }

  /**
   * Transforms {@code count} vectors of lines. After each the next lies one vector further, and
   * after {@code vectors} of them as many bytes more as the jumps say.
   *
   * @param from address of the first number of the first vector of lines
   * @param step from number to number of a line, in bytes
   */
  void run(
      long from,
      long step,
      long fromJump,
      long to,
      long toStep,
      long toJump,
      int count,
      int vectors);

  /** {@link #run}, compiled apart from its callers; see {@link KernelTemplate#entry}. */
  default void call(
      long from,
      long step,
      long fromJump,
      long to,
      long toStep,
      long toJump,
      int count,
      int vectors) {
    if (count > Entry.FEW && Rehearsal.isDue(getClass())) {
      rehearse();
    }
    try {
      Entry.run.invokeExact(this, from, step, fromJump, to, toStep, toJump, count, vectors);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("kernels throw nothing checked", e);
    }
  }

  /** Has the transform compiled before it is used on many lines. */
  private void rehearse() {
    long bytes = (long) Tiles.LANES * Float.BYTES;
    try (Arena arena = Arena.ofConfined()) {
      long from = arena.allocate((Entry.LONGEST + 1) * bytes, bytes).address();
      long to = arena.allocate((Entry.LONGEST + 1) * bytes, bytes).address();
      Rehearsal.of(getClass(), () -> call(from, bytes, 0, to, bytes, -bytes, 2, 1));
    }
  }

  /** {@link #call} without jumps. */
  default void call(long from, long step, long to, long toStep, int count) {
    call(from, step, 0, to, toStep, 0, count, count);
  }

  /** The handle, which must not be final. */
  final class Entry {
    /** Vectors of lines that are not worth a rehearsal. */
    private static final int FEW = 8;

    /** Numbers of a line, at most. */
    private static final int LONGEST = 8;

    private static MethodHandle run = KernelTemplate.entry(LineTransform.class, "run");

    private Entry() {}
  }
}
