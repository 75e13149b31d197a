package dev.manabi.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/** A transform in one loop, compiled apart from its callers; see {@link KernelTemplate#entry}. */
interface LineKernel extends LineTransform {
  /** The loop behind {@link #call}. */
  void run(
      long from,
      long step,
      long fromJump,
      long to,
      long toStep,
      long toJump,
      int count,
      int vectors);

  @Override
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
    } catch (Throwable e) {
      throw KernelTemplate.unchecked(e);
    }
  }

  /** Has the transform compiled before it is used on many lines. */
  private void rehearse() {
    long bytes = (long) Tiles.LANES * Float.BYTES;
    try (Arena arena = Arena.ofConfined()) {
      long from = arena.allocate((Entry.LONGEST + 1) * bytes, bytes).address();
      long to = arena.allocate((Entry.LONGEST + 1) * bytes, bytes).address();
      Rehearsal.of(getClass(), () -> call(from, bytes, -2 * bytes, to, bytes, -2 * bytes, 4, 2));
    }
  }

  /** The handle, which must not be final. */
  final class Entry {
    /** Vectors of lines that are not worth a rehearsal. */
    private static final int FEW = 8;

    /** Numbers of a line, at most. */
    private static final int LONGEST = 8;

    private static MethodHandle run = KernelTemplate.entry(LineKernel.class, "run");

    private Entry() {}
  }
}
