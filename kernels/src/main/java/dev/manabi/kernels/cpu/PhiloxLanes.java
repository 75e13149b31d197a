package dev.manabi.kernels.cpu;

import dev.manabi.kernels.reference.Philox;
import dev.manabi.tensor.op.RandomKey;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/** The random words of neighbouring elements, by the generator Philox4x32-10 on vectors. */
final class PhiloxLanes {
  /** Words computed at once: a block of four in every lane of 64 bits. */
  static final int WORDS = 2 * Simd.COUNT;

  /** Elements per call: the JIT counts calls, so that long ones would stay interpreted. */
  private static final int PIECE = 1 << 13;

  /**
   * Words that are computed alone before vectors take over: these are slow until the JIT is through
   * with them, and few programs that draw less live to see that.
   */
  private static final int FEW = 1 << 20;

  private static final PhiloxKernel STORE = kernel(PhiloxKernel.Use.WORDS);
  private static final PhiloxKernel DROP = kernel(PhiloxKernel.Use.DROPOUT);

  /** Not final so that loops are not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle run = KernelTemplate.entry(PhiloxKernel.class, "run");

  /** About the words computed alone; what threads lose of each other's counts is no matter. */
  private static int alone;

  private PhiloxLanes() {}

  private static PhiloxKernel kernel(PhiloxKernel.Use use) {
    return KernelTemplate.copy(PhiloxKernel.class, PhiloxLoop.class, use);
  }

  /**
   * Writes the words of at least {@code n} elements from element {@code first} on, a block's first.
   */
  static void words(RandomKey key, long first, long address, int n) {
    if (pay(n)) {
      int whole = (n + WORDS - 1) & -WORDS;
      run(STORE, key, first, address, address, whole, 0, 0);
    } else {
      oneByOne(new Philox(key), first, address, n);
    }
  }

  /**
   * Drops elements of {@code x}.
   *
   * @param n a multiple of {@link #WORDS}
   */
  static void dropout(RandomKey key, long first, long x, long y, long n, DropoutLoop constants) {
    for (long i = 0; i < n; i += PIECE) {
      int piece = (int) Math.min(PIECE, n - i);
      long at = i * Float.BYTES;
      run(DROP, key, first + i, x + at, y + at, piece, constants.threshold(), constants.scale());
    }
  }

  /** Whether vectors should compute {@code n} more words. */
  static boolean pay(long n) {
    if (alone < FEW && n < FEW) {
      alone += (int) n;
      return false;
    }
    return true;
  }

  private static void oneByOne(Philox philox, long first, long address, int n) {
    for (int i = 0; i < n; i++) {
      Native.putInt(address + (long) i * Integer.BYTES, philox.word(first + i));
    }
  }

  private static void run(
      PhiloxKernel kernel,
      RandomKey key,
      long first,
      long x,
      long y,
      int n,
      int threshold,
      float scale) {
    if (Rehearsal.isDue(kernel.getClass())) {
      rehearse(kernel, key);
    }
    call(kernel, key, first, x, y, n, threshold, scale);
  }

  private static void rehearse(PhiloxKernel kernel, RandomKey key) {
    try (Arena arena = Arena.ofConfined()) {
      long room = arena.allocate(2L * WORDS * Integer.BYTES, Scratch.LINE).address();
      Rehearsal.of(kernel.getClass(), () -> call(kernel, key, 0, room, room, 2 * WORDS, 0, 0));
    }
  }

  private static void call(
      PhiloxKernel kernel,
      RandomKey key,
      long first,
      long x,
      long y,
      int n,
      int threshold,
      float scale) {
    try {
      run.invokeExact(kernel, key, first, x, y, n, threshold, scale);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }
}
