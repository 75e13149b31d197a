package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.CudaEvent;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Copies to a device that the host need not wait for. Memory that the system may move the driver
 * may read at once, or only when the copy's turn comes, or after it has waited for all work before:
 * no one says which. From pinned memory the device reads by itself. So what is copied is written to
 * one of a few pinned buffers, piece behind piece, and the host goes on as soon as that is done;
 * before a buffer is filled anew it waits for the copies that last left it. Copies and kernels are
 * in one stream: memory that a kernel still reads is not written before it is done.
 */
final class PinnedCopies {
  private static final int BUFFERS = 4;
  private static final int BUFFER_BYTES = 4 << 20;

  /** Pieces begin where the processor and the device move whole lines. */
  private static final int ALIGNMENT = 64;

  private final CudaContext context;
  private final int bufferBytes;
  private final @Nullable MemorySegment[] buffers;
  private final @Nullable CudaEvent[] read;
  private int turn;

  /** Bytes of the buffer in turn that are taken. */
  private long used;

  PinnedCopies(CudaContext context) {
    this(context, BUFFERS, BUFFER_BYTES);
  }

  /** With {@code count} buffers of {@code bufferBytes}, whole lines of memory. */
  PinnedCopies(CudaContext context, int count, int bufferBytes) {
    this.context = context;
    this.bufferBytes = bufferBytes;
    buffers = new MemorySegment[count];
    read = new CudaEvent[count];
  }

  /** Copies {@code host} to {@code address}; the host's memory may be changed on return. */
  synchronized void copyIn(long address, MemorySegment host) {
    for (long at = 0; at < host.byteSize(); ) {
      if (used >= bufferBytes) {
        read[turn] = context.event();
        turn = (turn + 1) % buffers.length;
        used = 0;
      }
      MemorySegment buffer = used == 0 ? next() : buffer();
      long bytes = Math.min(bufferBytes - used, host.byteSize() - at);
      MemorySegment piece = buffer.asSlice(used, bytes).copyFrom(host.asSlice(at, bytes));
      context.copyInAsync(address + at, piece);
      used += Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
      at += bytes;
    }
  }

  /** The buffer whose turn it is, once the device has read what was in it. */
  private MemorySegment next() {
    CudaEvent last = read[turn];
    if (last != null) {
      last.await();
      last.close();
      read[turn] = null;
    }
    return buffer();
  }

  private MemorySegment buffer() {
    MemorySegment buffer = buffers[turn];
    if (buffer == null) {
      buffer = context.allocatePinned(bufferBytes);
      buffers[turn] = buffer;
    }
    return buffer;
  }
}
