package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.CudaEvent;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Copies to a device that the host need not wait for. Of memory that the system may move the driver
 * makes a copy of its own first, and may wait for all work before it; from pinned memory the device
 * reads by itself. So a batch is written to one of a few pinned buffers, in turns, and the host
 * goes on as soon as that is done; it waits only for the copy that last left the same buffer.
 * Copies and kernels are in one stream: memory that a kernel still reads is not written before it
 * is done.
 */
final class PinnedCopies {
  private static final int BUFFERS = 4;
  private static final int BUFFER_BYTES = 4 << 20;

  /** What is this small the driver takes along with the command. */
  private static final int SMALL = 64 << 10;

  private final CudaContext context;
  private final int bufferBytes;
  private final int small;
  private final @Nullable MemorySegment[] buffers;
  private final @Nullable CudaEvent[] read;
  private int turn;

  PinnedCopies(CudaContext context) {
    this(context, BUFFERS, BUFFER_BYTES, SMALL);
  }

  PinnedCopies(CudaContext context, int count, int bufferBytes, int small) {
    this.context = context;
    this.bufferBytes = bufferBytes;
    this.small = small;
    buffers = new MemorySegment[count];
    read = new CudaEvent[count];
  }

  /** Copies {@code host} to {@code address}; the host's memory may be changed on return. */
  synchronized void copyIn(long address, MemorySegment host) {
    if (host.byteSize() < small) {
      context.copyIn(address, host);
      return;
    }
    for (long at = 0; at < host.byteSize(); at += bufferBytes) {
      long bytes = Math.min(bufferBytes, host.byteSize() - at);
      MemorySegment buffer = next().asSlice(0, bytes);
      buffer.copyFrom(host.asSlice(at, bytes));
      context.copyInAsync(address + at, buffer);
      read[turn] = context.event();
      turn = (turn + 1) % buffers.length;
    }
  }

  /** The buffer whose turn it is, once the device has read what was in it. */
  private MemorySegment next() {
    CudaEvent last = read[turn];
    if (last != null) {
      last.await();
      last.close();
    }
    MemorySegment buffer = buffers[turn];
    if (buffer == null) {
      buffer = context.allocatePinned(bufferBytes);
      buffers[turn] = buffer;
    }
    return buffer;
  }
}
