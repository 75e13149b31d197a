package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What differs from run to run of a captured step ({@code replay.cuh}): how far the random streams
 * and the optimizer have gone on since the capture. Zeros while nothing is replayed.
 */
final class Replay {
  private static final long BYTES = 16;

  private final CudaContext context;
  private final long address;
  private final MemorySegment host = Arena.global().allocate(BYTES, 8);

  Replay(CudaContext context) {
    this.context = context;
    address = context.allocate(BYTES);
    clear();
  }

  long address() {
    return address;
  }

  /** Tells the kernels that run from now on. */
  void set(long streams, long steps) {
    host.set(ValueLayout.JAVA_LONG, 0, streams);
    host.set(ValueLayout.JAVA_LONG, 8, steps);
    context.copyIn(address, host);
  }

  /** Back to what ordinary launches need; also the last thing that a graph does. */
  void clear() {
    context.fill(address, (byte) 0, BYTES);
  }
}
