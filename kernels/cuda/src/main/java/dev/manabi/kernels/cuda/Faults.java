package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Bad indices that kernels noted ({@code faults.cuh}). A kernel runs after the call that started it
 * has returned, so the error comes when the host next reads from the device.
 */
final class Faults {
  private static final long BYTES = 24;

  private final CudaContext context;
  private final long address;
  private final List<String> ops = new ArrayList<>();
  private boolean possible;

  Faults(CudaContext context) {
    this.context = context;
    address = context.allocate(BYTES);
    context.fill(address, (byte) 0, BYTES);
  }

  long address() {
    return address;
  }

  /** The number of an op, which is now about to run. */
  synchronized int number(String op) {
    possible = true;
    int number = ops.indexOf(op);
    if (number < 0) {
      number = ops.size();
      ops.add(op);
    }
    return number;
  }

  /**
   * Waits for the device if an op that could fail ran since the last call.
   *
   * @throws IndexOutOfBoundsException if one did
   */
  synchronized void check() {
    if (!possible) {
      return;
    }
    possible = false;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment record = arena.allocate(BYTES, 8);
      context.copyOut(record, address);
      if (record.get(ValueLayout.JAVA_INT, 0) == 0) {
        return;
      }
      context.fill(address, (byte) 0, BYTES);
      long size = record.get(ValueLayout.JAVA_LONG, 16);
      throw new IndexOutOfBoundsException(
          "%s: index %s is outside a dimension of size %s\n  fix: indices must be in 0 .. %s"
              .formatted(
                  ops.get(record.get(ValueLayout.JAVA_INT, 4)),
                  record.get(ValueLayout.JAVA_LONG, 8),
                  size,
                  size - 1));
    }
  }
}
