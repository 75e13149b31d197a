package dev.manabi.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * What one thread needs while it sweeps: the operands' addresses and steps for the next call of a
 * {@link RowKernel}, and for every operand some memory where its elements are laid out in a row.
 */
final class Scratch {
  /** Elements of an operand that can be staged at once. */
  static final int CHUNK = 1024;

  /** The widest vector, in bytes. */
  static final int LINE = 64;

  private static final int MAX_OPERANDS = 8;
  private static final int BUFFER = CHUNK * Long.BYTES + LINE;
  private static final int SLOT = 2 * BUFFER + 2 * LINE;

  /** {@link RowKernel#run}; not final so that kernels are not inlined. */
  private static MethodHandle run = KernelTemplate.entry(RowKernel.class, "run");

  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  final long[] at = new long[MAX_OPERANDS];
  final int[] step = new int[MAX_OPERANDS];

  /** The address whose value {@link #repeated} holds now; 0 for none. */
  final long[] repeatedFrom = new long[MAX_OPERANDS];

  /** Room for two planes of a vector's sums. */
  final double[] sums = new double[2 * LINE / Float.BYTES];

  private final long[] castAt = new long[2];
  private final int[] castStep = new int[2];
  private final long[] savedAt = new long[MAX_OPERANDS];

  private final MemorySegment memory = Arena.ofAuto().allocate((long) MAX_OPERANDS * SLOT, LINE);
  private final long address = memory.address();

  private Scratch() {}

  /** Calls {@code kernel}, without inlining it here. */
  static void call(RowKernel kernel, long[] at, int[] step, int n) {
    try {
      run.invokeExact(kernel, at, step, n);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  static Scratch get() {
    return OF_THREAD.get();
  }

  /** Tells {@link #run} where operand {@code k} is. */
  void put(int k, long address, int bytesPerElement) {
    at[k] = address;
    step[k] = bytesPerElement;
  }

  /** Tells {@link #run} that operand {@code k} is the one element at {@code address}, repeated. */
  void repeat(int k, int bytes, long address) {
    put(k, repeated(k), 0);
    if (repeatedFrom[k] != address) {
      repeatedFrom[k] = address;
      Moves.fill(bytes, Moves.load(bytes, address), at[k], LINE / bytes);
    }
  }

  /** Moves on by {@code n} elements. */
  void advance(int operands, int n) {
    for (int k = 0; k < operands; k++) {
      at[k] += (long) n * step[k];
    }
  }

  /** Room for {@link #CHUNK} elements of operand {@code k}, as they lie in memory. */
  long staged(int k) {
    return address + (long) k * SLOT;
  }

  /** Room for {@link #CHUNK} elements of operand {@code k}, as the kernel wants them. */
  long converted(int k) {
    return staged(k) + BUFFER;
  }

  /** Room for a vector that repeats one value of operand {@code k}. */
  long repeated(int k) {
    return staged(k) + 2 * BUFFER;
  }

  private long tail(int k) {
    return repeated(k) + LINE;
  }

  /**
   * Runs {@code kernel} on {@code n} elements at {@link #at}, however many they are: the last few,
   * which do not fill the kernel's lanes, are computed in a padded copy.
   */
  void run(RowKernel kernel, int inputs, int operands, int n) {
    if (n >= CHUNK && Rehearsal.isDue(kernel.getClass())) {
      rehearse(kernel, operands);
    }
    int rest = n & (kernel.lanes() - 1);
    int whole = n - rest;
    if (whole > 0) {
      call(kernel, at, step, whole);
    }
    if (rest > 0) {
      tail(kernel, inputs, operands, whole, rest);
    }
  }

  /** Has a kernel compiled that is about to compute many elements. */
  private void rehearse(RowKernel kernel, int operands) {
    int n = 2 * kernel.lanes();
    long size = (long) n * Long.BYTES;
    long[] places = new long[operands];
    try (Arena arena = Arena.ofConfined()) {
      for (int k = 0; k < operands; k++) {
        places[k] = arena.allocate(size, LINE).address();
        fill(kernel, places[k], step[operands - 1], n);
      }
      Rehearsal.of(kernel.getClass(), () -> call(kernel, places, step, n));
    }
  }

  private static void fill(RowKernel kernel, long address, int bytes, int n) {
    long filler = kernel.filler();
    if (filler != 0) {
      Moves.fill(bytes, filler, address, n);
    }
  }

  /** Converts a staged row of {@code n}; beyond its end there is room for a whole vector. */
  void convert(RowKernel cast, long from, int fromStep, long to, int toStep, int n) {
    castAt[0] = from;
    castAt[1] = to;
    castStep[0] = fromStep;
    castStep[1] = toStep;
    call(cast, castAt, castStep, (n + cast.lanes() - 1) & -cast.lanes());
  }

  private void tail(RowKernel kernel, int inputs, int operands, int from, int rest) {
    System.arraycopy(at, 0, savedAt, 0, operands);
    for (int k = 0; k < operands; k++) {
      if (step[k] != 0) {
        at[k] = tail(k);
        if (k < inputs) {
          Moves.copy(savedAt[k] + (long) from * step[k], at[k], (long) rest * step[k]);
          fill(kernel, at[k] + (long) rest * step[k], step[k], kernel.lanes() - rest);
        }
      }
    }
    call(kernel, at, step, kernel.lanes());
    for (int k = inputs; k < operands; k++) {
      Moves.copy(at[k], savedAt[k] + (long) from * step[k], (long) rest * step[k]);
    }
    System.arraycopy(savedAt, 0, at, 0, operands);
  }
}
