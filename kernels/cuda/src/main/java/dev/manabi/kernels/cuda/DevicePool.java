package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.tensor.error.OutOfMemoryBudgetException;
import dev.manabi.tensor.memory.DeviceMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
  private final PinnedCopies pinned;
  private final Map<Long, ArrayDeque<Long>> free = new HashMap<>();

  /** Where captured work writes whenever it runs, so that nobody else may have it meanwhile. */
  private final Map<Long, Held> held = new HashMap<>();

  private @Nullable Held capturing;
  private long live;

  DevicePool(CudaContext context, Faults faults) {
    this.context = context;
    this.faults = faults;
    pinned = new PinnedCopies(context);
  }

  /** The memory of one capture: it goes back to the pool when that is closed. */
  final class Held implements AutoCloseable {
    private final Map<Long, ArrayDeque<Long>> unused = new HashMap<>();

    @Override
    public void close() {
      synchronized (DevicePool.this) {
        held.values().removeIf(h -> h == this);
        unused.forEach((size, blocks) -> blocks.forEach(address -> giveBack(address, size)));
        unused.clear();
      }
    }
  }

  /** The size of the block for so many bytes. */
  long blockSize(long bytes) {
    if (context.checksMemory()) {
      // Exactly this size, so that one byte beyond it is noticed.
      return Math.max(1, bytes);
    }
    if (bytes <= SMALLEST) {
      return SMALLEST;
    }
    long step = Math.max(SMALLEST, Long.highestOneBit(bytes - 1) >> 3);
    return Math.ceilDiv(bytes, step) * step;
  }

  @Override
  public synchronized long allocate(long bytes) {
    long size = blockSize(bytes);
    long address = take(capturing == null ? free : capturing.unused, size);
    if (address == NONE && capturing != null) {
      address = take(free, size);
    }
    if (address == NONE) {
      address = context.allocate(size);
    }
    if (address == NONE && trim()) {
      address = context.allocate(size);
    }
    if (address != NONE) {
      live += size;
      if (capturing != null) {
        held.put(address, capturing);
      }
    }
    return address;
  }

  private static long take(Map<Long, ArrayDeque<Long>> from, long size) {
    ArrayDeque<Long> blocks = from.get(size);
    return blocks == null || blocks.isEmpty() ? NONE : blocks.pop();
  }

  @Override
  public synchronized void free(long address, long bytes) {
    long size = blockSize(bytes);
    live -= size;
    Held holder = held.get(address);
    if (holder == null && capturing != null) {
      // Made before the capture, and read by it: it must not change hands until that is closed.
      holder = capturing;
      held.put(address, holder);
    }
    if (holder != null) {
      holder.unused.computeIfAbsent(size, s -> new ArrayDeque<>()).push(address);
    } else {
      giveBack(address, size);
    }
  }

  private void giveBack(long address, long size) {
    if (context.checksMemory()) {
      context.free(address);
    } else {
      free.computeIfAbsent(size, s -> new ArrayDeque<>()).push(address);
    }
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
    return any;
  }

  /** From now on what is handed out is held for the capture that begins. */
  synchronized void beginCapture() {
    if (capturing != null) {
      throw new IllegalStateException("cuda: a capture is already under way on this device");
    }
    capturing = new Held();
  }

  /** Ends {@link #beginCapture}. */
  synchronized Held endCapture() {
    Held ended = capturing;
    if (ended == null) {
      throw new IllegalStateException("cuda: no capture was begun");
    }
    capturing = null;
    return ended;
  }

  synchronized long live() {
    return live;
  }

  @Override
  public void copyIn(long address, MemorySegment host) {
    if (isCapturing()) {
      // A replay would find something else in a buffer that is used in turns.
      context.copyIn(address, host);
    } else {
      pinned.copyIn(address, host);
    }
  }

  private synchronized boolean isCapturing() {
    return capturing != null;
  }

  @Override
  public void copyOut(MemorySegment host, long address) {
    if (isCapturing()) {
      throw new IllegalStateException(
          "cuda: a captured step reads a value on the host, where it is not computed yet\n"
              + "  fix: keep it in a tensor with copy_, and read that after run()");
    }
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
