package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.tensor.error.OutOfMemoryBudgetException;
import dev.manabi.tensor.memory.DeviceMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory of a device that is used again and again, because the driver takes long to give it.
 *
 * <p>All kernels and copies run in one stream, so memory may be handed out again as soon as it is
 * given back: who writes it next is behind who reads it last. Blocks come in eight sizes to an
 * octave, so at most an eighth of one is unused.
 */
final class DevicePool implements DeviceMemory {
  private static final long SMALLEST = 512;

  private final CudaContext context;
  private final Faults faults;
  private final Map<Long, ArrayDeque<Long>> free = new HashMap<>();
  private final Map<Long, ArrayDeque<Long>> captured = new HashMap<>();
  private boolean capturing;
  private long pooled;
  private long live;

  DevicePool(CudaContext context, Faults faults) {
    this.context = context;
    this.faults = faults;
  }

  /** The size of the block for so many bytes. */
  static long blockSize(long bytes) {
    if (bytes <= SMALLEST) {
      return SMALLEST;
    }
    long step = Math.max(SMALLEST, Long.highestOneBit(bytes - 1) >> 3);
    return Math.ceilDiv(bytes, step) * step;
  }

  @Override
  public synchronized long allocate(long bytes) {
    if (context.checksMemory()) {
      // Of exactly this size, so that one byte beyond it is noticed.
      return context.allocate(Math.max(1, bytes));
    }
    long size = blockSize(bytes);
    ArrayDeque<Long> blocks = (capturing ? captured : free).get(size);
    if (blocks != null && !blocks.isEmpty()) {
      pooled -= size;
      live += size;
      return blocks.pop();
    }
    long address = context.allocate(size);
    if (address == NONE && trim()) {
      address = context.allocate(size);
    }
    live += address == NONE ? 0 : size;
    return address;
  }

  @Override
  public synchronized void free(long address, long bytes) {
    if (context.checksMemory()) {
      if (!capturing) {
        context.free(address);
      }
      return;
    }
    long size = blockSize(bytes);
    pooled += size;
    live -= size;
    (capturing ? captured : free).computeIfAbsent(size, s -> new ArrayDeque<>()).push(address);
  }

  /** Gives what is unused back to the driver; false if nothing was. */
  private boolean trim() {
    boolean any = false;
    for (ArrayDeque<Long> blocks : free.values()) {
      while (!blocks.isEmpty()) {
        context.free(blocks.pop());
        any = true;
      }
    }
    pooled = 0;
    return any;
  }

  /**
   * From now on memory comes from, and goes back to, a pool of its own: a graph writes to it again
   * whenever it runs, so nobody else may have it.
   */
  synchronized void beginCapture() {
    capturing = true;
  }

  /** Ends {@link #beginCapture}; what was freed meanwhile stays with the graph. */
  synchronized void endCapture() {
    capturing = false;
    captured.clear();
  }

  synchronized long live() {
    return live;
  }

  synchronized long pooled() {
    return pooled;
  }

  @Override
  public void copyIn(long address, MemorySegment host) {
    context.copyIn(address, host);
  }

  @Override
  public void copyOut(MemorySegment host, long address) {
    context.copyOut(host, address);
    faults.check();
  }

  @Override
  public OutOfMemoryBudgetException outOfMemory(long bytes) {
    return new OutOfMemoryBudgetException(
        "out of memory: %s bytes needed on %s, %s in use by tensors, %s free\n  fix: use smaller batches, close regions earlier, or end other programs on this GPU"
            .formatted(bytes, context.info().name(), live(), context.freeMemory()),
        null);
  }
}
