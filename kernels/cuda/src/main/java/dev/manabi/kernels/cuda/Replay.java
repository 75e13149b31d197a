package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.tensor.memory.DeviceMemory;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.run.Capture;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * What differs from run to run of a captured step: how far the random streams have gone on since
 * the capture ({@code replay.cuh}; zero while nothing is replayed), then the numbers of each
 * optimizer update ({@code optim.cu}).
 */
final class Replay {
  /** Bytes of the numbers of one update. */
  static final int MOST_NUMBERS = 64;

  private static final int MOST_UPDATES = 1024;
  private static final long STREAMS_BYTES = 8;

  /** Numbers begin where a struct of any kind may. */
  private static final long NUMBERS = 64;

  private static final long BYTES = NUMBERS + (long) MOST_UPDATES * MOST_NUMBERS;

  private final CudaContext context;
  private final DeviceMemory memory;
  private final long address;
  private final MemorySegment host = Arena.ofAuto().allocate(BYTES, NUMBERS);

  Replay(CudaContext context, DeviceMemory memory) {
    this.context = context;
    this.memory = memory;
    address = context.allocate(BYTES);
    clear();
  }

  long address() {
    return address;
  }

  /**
   * Where a launch of {@code op} finds its numbers in each run; 0 if it keeps those of now.
   *
   * @throws IllegalStateException if there are too many of them
   */
  long numbersOf(OptimOp op) {
    Capture capture = Capture.current();
    int update = capture == null ? -1 : capture.indexOf(op);
    if (update < 0) {
      return 0;
    }
    if (update >= MOST_UPDATES) {
      throw new IllegalStateException(
          "cuda: a captured step has more than "
              + MOST_UPDATES
              + " optimizer updates\n  fix: use fewer parameter groups");
    }
    return address + NUMBERS + (long) update * MOST_NUMBERS;
  }

  /** Tells the kernels that run from now on. */
  void set(long streams, List<Capture.Update> updates) {
    host.set(ValueLayout.JAVA_LONG, 0, streams);
    long at = NUMBERS;
    for (Capture.Update update : updates) {
      MemorySegment numbers = MemorySegment.ofBuffer(Optimizers.numbers(update.op()));
      MemorySegment.copy(numbers, 0, host, at, numbers.byteSize());
      at += MOST_NUMBERS;
    }
    memory.copyIn(address, host.asSlice(0, at));
  }

  /** Back to what ordinary launches need; also the last thing that a graph does. */
  void clear() {
    context.fill(address, (byte) 0, STREAMS_BYTES);
  }
}
