package dev.manabi.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that a thread's kernels use for a moment, kept for the next. It grows to what was needed
 * most. Each use has a buffer of its own, so that one kernel may call another.
 */
final class Workspace {
  /** What a buffer is for. */
  enum Use {
    PACKED,
    PARTIAL_SUMS,
    WEIGHTS,
    TILES,
    PRODUCTS,
    ROWS,
    LINES,
    WINDOW,
    OUTPUTS
  }

  /** Bytes behind a buffer's end that kernels may read. */
  static final long READABLE_BEYOND = 128;

  private static final ThreadLocal<Workspace> OF_THREAD = ThreadLocal.withInitial(Workspace::new);

  private final MemorySegment[] buffers = new MemorySegment[Use.values().length];
  private float[] floats = new float[0];

  private Workspace() {
    java.util.Arrays.fill(buffers, MemorySegment.NULL);
  }

  /** This thread's workspace. */
  static Workspace get() {
    return OF_THREAD.get();
  }

  /** Address of room for {@code count} floats with arbitrary contents, on a cache line. */
  long floats(Use use, long count) {
    long bytes = count * Float.BYTES + READABLE_BEYOND;
    MemorySegment buffer = buffers[use.ordinal()];
    if (buffer.byteSize() < bytes) {
      buffer = Arena.ofAuto().allocate(bytes, 64);
      buffers[use.ordinal()] = buffer;
    }
    return buffer.address();
  }

  /** The same for {@code count} doubles. */
  long doubles(Use use, long count) {
    return floats(use, 2 * count);
  }

  /** An array of at least {@code count} elements with arbitrary contents. */
  float[] array(int count) {
    if (floats.length < count) {
      floats = new float[count];
    }
    return floats;
  }
}
